package io.boxwright.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;

/**
 * A safetensors file to be made, from one of the lists of names and shapes of {@code
 * checkpoint_fixtures.py}.
 */
public final class Checkpoints {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The folder of the lists, for the tests of both modules. */
  private static final Path LISTS = Path.of("../udf/src/test/resources/fixtures/single-files");

  private final Map<String, long[]> shapes;
  private final Map<String, Long> numbers = new LinkedHashMap<>();
  private String type = "F32";

  private Checkpoints(Map<String, long[]> shapes) {
    this.shapes = shapes;
  }

  /** Reads a list, such as {@code sd15} or {@code tiny-sd15}. */
  public static Checkpoints of(String list) throws IOException {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(LISTS.resolve(list + ".txt.gz"))),
                StandardCharsets.UTF_8))) {
      lines.lines().forEach(line -> shapes.put(line.split(" ")[0], parseShape(line)));
    }
    return new Checkpoints(shapes);
  }

  private static long[] parseShape(String line) {
    String sizes = line.substring(line.indexOf(' ') + 1);
    return sizes.isEmpty()
        ? new long[0]
        : Arrays.stream(sizes.split(",")).mapToLong(Long::parseLong).toArray();
  }

  /** Takes tensors out. */
  public Checkpoints without(Predicate<String> names) {
    shapes.keySet().removeIf(names);
    return this;
  }

  /** Renames all tensors. */
  public Checkpoints rename(UnaryOperator<String> name) {
    Map<String, long[]> renamed = new LinkedHashMap<>();
    shapes.forEach((old, shape) -> renamed.put(name.apply(old), shape));
    shapes.clear();
    shapes.putAll(renamed);
    return this;
  }

  /** Gives a tensor another shape, or adds it. */
  public Checkpoints with(String name, long... shape) {
    shapes.put(name, shape);
    return this;
  }

  /** Adds a tensor of one whole number. */
  public Checkpoints withNumber(String name, long value) {
    shapes.put(name, new long[0]);
    numbers.put(name, value);
    return this;
  }

  /** Sets the type of the numbers: F32 or BF16; for headers also F16. */
  public Checkpoints as(String newType) {
    type = newType;
    return this;
  }

  /**
   * Writes a file with holes in place of numbers, except whole ones. It is for checks of headers.
   */
  public Path writeHeader(Path file) throws IOException {
    long position = write(file, header());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
        String name = tensor.getKey();
        long end = position + count(tensor.getValue()) * bytesOf(name);
        if (numbers.containsKey(name)) {
          channel.write(toBytes(name, tensor.getValue()), position);
        }
        position = end;
      }
      if (channel.size() < position) {
        channel.write(ByteBuffer.allocate(1), position - 1);
      }
    }
    return file;
  }

  /** Writes a file with the numbers of {@code number_tensor} in the Python script. */
  public Path write(Path file) throws IOException {
    long position = write(file, header());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.position(position);
      for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
        channel.write(toBytes(tensor.getKey(), tensor.getValue()));
      }
    }
    return file;
  }

  private static long write(Path file, byte[] header) throws IOException {
    ByteBuffer start =
        ByteBuffer.allocate(Long.BYTES + header.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header);
    Files.write(file, start.array());
    return start.capacity();
  }

  private byte[] header() {
    ObjectNode json = JSON.createObjectNode();
    long position = 0;
    for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
      String name = tensor.getKey();
      long end = position + count(tensor.getValue()) * bytesOf(name);
      ObjectNode entry =
          json.putObject(name).put("dtype", numbers.containsKey(name) ? "I64" : type);
      entry.set("shape", JSON.valueToTree(tensor.getValue()));
      entry.set("data_offsets", JSON.valueToTree(new long[] {position, end}));
      position = end;
    }
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static long count(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  private int bytesOf(String name) {
    return numbers.containsKey(name) ? Long.BYTES : type.equals("F32") ? Float.BYTES : Short.BYTES;
  }

  private ByteBuffer toBytes(String name, long[] shape) {
    int count = Math.toIntExact(count(shape));
    ByteBuffer bytes = ByteBuffer.allocate(count * bytesOf(name)).order(ByteOrder.LITTLE_ENDIAN);
    if (numbers.containsKey(name)) {
      return bytes.putLong(numbers.get(name)).flip();
    }
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    double scale = shape.length < 2 ? 1.0 / 8 : Math.sqrt(3.0 / (count / shape[0]));
    double centre = shape.length < 2 && name.endsWith("weight") ? 1 : 0;
    for (int i = 0; i < count; i++) {
      put(bytes, (float) (centre + uniform(crc.getValue() + i) * scale));
    }
    return bytes.flip();
  }

  /** Returns a number from -1 to 1 that looks random. */
  private static double uniform(long index) {
    long hashed = index * 0x9E3779B97F4A7C15L;
    hashed = (hashed ^ (hashed >>> 32)) * 0xD6E8FEB86659FD93L;
    hashed ^= hashed >>> 32;
    return (hashed >>> 40) / (double) (1 << 23) - 1;
  }

  private void put(ByteBuffer bytes, float value) {
    switch (type) {
      case "F32" -> bytes.putFloat(value);
      case "BF16" -> bytes.putShort((short) (Float.floatToIntBits(value) >>> 16)); // cut off
      default -> throw new IllegalStateException("No numbers in " + type);
    }
  }
}
