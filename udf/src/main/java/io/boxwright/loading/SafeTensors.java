package io.boxwright.loading;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Reads the header of a safetensors file: 8 bytes that give its length, then JSON with the type,
 * shape and place of each tensor. The numbers follow and are not read here.
 */
final class SafeTensors {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The format's own limit. */
  private static final long LONGEST_HEADER = 100_000_000;

  private final Path file;
  private final long dataStart;
  private final long fileSize;

  private SafeTensors(Path file, long dataStart, long fileSize) {
    this.file = file;
    this.dataStart = dataStart;
    this.fileSize = fileSize;
  }

  /** The tensors of a file by name, in the order of its header. */
  static Map<String, SafeTensor> read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long fileSize = channel.size();
      long headerSize = headerSize(file, fileSize, readBytes(channel, 0, Long.BYTES));
      ByteBuffer header = readBytes(channel, Long.BYTES, (int) headerSize);
      return new SafeTensors(file, Long.BYTES + headerSize, fileSize).parse(header.array());
    } catch (IOException e) {
      throw new ModelLoadingException("Cannot read " + file + ": " + e, e);
    }
  }

  private static ByteBuffer readBytes(FileChannel channel, long position, int count)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {}
    return bytes.flip();
  }

  private static long headerSize(Path file, long fileSize, ByteBuffer start) {
    long size = start.remaining() < Long.BYTES ? -1 : start.getLong();
    if (size < 0 || size > LONGEST_HEADER || size > fileSize - Long.BYTES) {
      throw damaged(
          file, "it does not begin as one (a Git LFS pointer, or an unfinished download?)");
    }
    return size;
  }

  private Map<String, SafeTensor> parse(byte[] header) throws IOException {
    Map<String, SafeTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : parseJson(header).properties()) {
      if (!field.getKey().equals("__metadata__")) {
        tensors.put(field.getKey(), tensor(field.getKey(), field.getValue()));
      }
    }
    return tensors;
  }

  private JsonNode parseJson(byte[] header) throws IOException {
    try {
      return JSON.readTree(header);
    } catch (JsonProcessingException e) {
      throw damaged(file, "its header is not JSON: " + e.getOriginalMessage());
    }
  }

  private SafeTensor tensor(String name, JsonNode entry) {
    long[] offsets = numbers(name, entry, "data_offsets");
    long[] shape = numbers(name, entry, "shape");
    SafeTensorType type = type(name, entry);
    if (offsets.length != 2 || offsets[0] < 0 || !fits(offsets[1] - offsets[0], type, shape)) {
      throw damaged(file, "tensor " + name + " does not have the size of its shape");
    }
    if (offsets[1] > fileSize - dataStart) {
      throw damaged(
          file,
          "tensor %s ends at byte %d but the file at %d (an unfinished download?)"
              .formatted(name, dataStart + offsets[1], fileSize));
    }
    return new SafeTensor(file, type, shape, dataStart + offsets[0]);
  }

  private static boolean fits(long bytes, SafeTensorType type, long[] shape) {
    return LongStream.of(shape).allMatch(length -> length >= 0)
        && LongStream.of(shape).reduce(type.byteCount(), (a, b) -> a * b) == bytes;
  }

  private long[] numbers(String name, JsonNode entry, String key) {
    JsonNode array = entry.path(key);
    if (!array.isArray()) {
      throw damaged(file, "tensor " + name + " has no " + key);
    }
    return LongStream.range(0, array.size()).map(i -> array.get((int) i).asLong(-1)).toArray();
  }

  private SafeTensorType type(String name, JsonNode entry) {
    String type = entry.path("dtype").asText();
    return Arrays.stream(SafeTensorType.values())
        .filter(known -> known.name().equals(type))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelLoadingException(
                    "Cannot read %s: tensor %s has the unsupported type %s; save the model as F32,"
                            .formatted(file, name, type)
                        + " F16 or BF16"));
  }

  private static ModelLoadingException damaged(Path file, String how) {
    return new ModelLoadingException("Cannot read " + file + " as safetensors: " + how);
  }
}
