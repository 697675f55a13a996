package io.boxwright.diffusion.loading;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.LongStream;

/**
 * A reader of the header of a safetensors file: 8 bytes that give its length, then JSON with the
 * type, shape and place of each tensor. The numbers follow and are not read here.
 *
 * <p>Like the format's own reader, it requires that the tensors lie one after the other without
 * holes, each with the size of its shape, up to the end of the file. It also refuses what the
 * format's description forbids besides: a header that does not begin with a brace, and duplicate
 * names.
 */
final class SafeTensors {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final String METADATA = "__metadata__";

  private final Path file;
  private final long dataStart;
  private final long fileSize;

  private SafeTensors(Path file, long dataStart, long fileSize) {
    this.file = file;
    this.dataStart = dataStart;
    this.fileSize = fileSize;
  }

  /** Reads the tensors of a file by name, in the order of its header. */
  static Map<String, SafeTensor> read(Path file) {
    return read(file, SafeTensors::parse);
  }

  /** Reads the texts that a file has beside its tensors, by their keys. */
  static Map<String, String> readMetadata(Path file) {
    return read(file, SafeTensors::parseMetadata);
  }

  private static <T> T read(Path file, BiFunction<SafeTensors, ByteBuffer, T> parse) {
    RegularFile.requireLength(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long fileSize = channel.size();
      int headerSize = readHeaderSize(file, fileSize, readBytes(channel, 0, Long.BYTES));
      ByteBuffer header = readBytes(channel, Long.BYTES, headerSize);
      return parse.apply(new SafeTensors(file, Long.BYTES + headerSize, fileSize), header);
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

  private static int readHeaderSize(Path file, long fileSize, ByteBuffer start) {
    long size = start.remaining() < Long.BYTES ? -1 : start.getLong();
    if (size < 0 || size > fileSize - Long.BYTES) {
      throw damaged(
          file, "it does not begin like one (a Git LFS pointer, or an unfinished download?)");
    }
    if (size > RegularFile.LONGEST) {
      throw damaged(
          file,
          "its header has %d bytes, at most %d are read".formatted(size, RegularFile.LONGEST));
    }
    return (int) size;
  }

  private Map<String, SafeTensor> parse(ByteBuffer header) {
    Map<String, SafeTensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : parseJson(header).properties()) {
      if (field.getKey().equals(METADATA)) {
        requireTexts(field.getValue());
      } else {
        tensors.put(field.getKey(), parseTensor(Printable.value(field.getKey()), field.getValue()));
      }
    }
    requireNoHoles(tensors);
    return tensors;
  }

  private Map<String, String> parseMetadata(ByteBuffer header) {
    JsonNode metadata = parseJson(header).path(METADATA);
    if (!metadata.isMissingNode()) {
      requireTexts(metadata);
    }
    Map<String, String> texts = new LinkedHashMap<>();
    metadata.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }

  private JsonNode parseJson(ByteBuffer header) {
    try {
      String text = RegularFile.decodeUtf8(header);
      if (!text.startsWith("{")) {
        throw damaged(file, "its header is not JSON: it does not begin with {");
      }
      return JSON.readTree(text);
    } catch (CharacterCodingException e) {
      throw damaged(file, "its header is not JSON: it is not UTF-8 text");
    } catch (JsonProcessingException e) {
      throw damaged(file, "its header is not JSON: " + Printable.value(e.getOriginalMessage()));
    }
  }

  private void requireTexts(JsonNode metadata) {
    for (Map.Entry<String, JsonNode> entry : metadata.properties()) {
      if (!entry.getValue().isTextual()) {
        throw damaged(
            file, "%s %s is not text".formatted(METADATA, Printable.value(entry.getKey())));
      }
    }
    if (!metadata.isObject() && !metadata.isNull()) {
      throw damaged(file, METADATA + " is not an object");
    }
  }

  private SafeTensor parseTensor(String name, JsonNode entry) {
    long[] offsets = parseNumbers(name, entry, "data_offsets");
    long[] shape = parseNumbers(name, entry, "shape");
    SafeTensorType type = parseType(name, entry);
    if (offsets.length != 2
        || offsets[0] > offsets[1]
        || offsets[1] - offsets[0] != countBytes(name, type, shape)) {
      throw damaged(file, "tensor " + name + " does not have the size of its shape");
    }
    if (offsets[1] > fileSize - dataStart) {
      throw damaged(
          file,
          "tensor %s ends at byte %d of the numbers, which have %d bytes (an unfinished download?)"
              .formatted(name, offsets[1], fileSize - dataStart));
    }
    return new SafeTensor(file, type, shape, dataStart + offsets[0]);
  }

  private long countBytes(String name, SafeTensorType type, long[] shape) {
    try {
      long count = LongStream.of(shape).reduce(1, Math::multiplyExact);
      return Math.multiplyExact(count, type.byteCount());
    } catch (ArithmeticException e) {
      throw damaged(file, "the shape of tensor " + name + " is too large for any file");
    }
  }

  private long[] parseNumbers(String name, JsonNode entry, String key) {
    JsonNode array = entry.path(key);
    if (!array.isArray()) {
      throw damaged(file, "tensor " + name + " has no " + key);
    }
    long[] numbers = new long[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      JsonNode number = array.get(i);
      if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
        throw damaged(
            file,
            "%s[%d] of tensor %s is %s, it must be a whole number of at least 0"
                .formatted(key, i, name, Printable.value(number)));
      }
      numbers[i] = number.longValue();
    }
    return numbers;
  }

  private SafeTensorType parseType(String name, JsonNode entry) {
    JsonNode type = entry.path("dtype");
    if (!type.isTextual()) {
      throw damaged(file, "tensor " + name + " has no dtype");
    }
    return Arrays.stream(SafeTensorType.values())
        .filter(known -> known.name().equals(type.textValue()))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelLoadingException(
                    "Cannot read %s: tensor %s has the unsupported type %s; save the model as F32,"
                            .formatted(file, name, Printable.value(type.textValue()))
                        + " F16 or BF16"));
  }

  /**
   * Checks that each tensor begins where the one before it ends, and that the last ends the file.
   */
  private void requireNoHoles(Map<String, SafeTensor> tensors) {
    List<Map.Entry<String, SafeTensor>> ordered =
        tensors.entrySet().stream()
            .sorted(
                Comparator.comparing(
                    Map.Entry::getValue,
                    Comparator.comparingLong(SafeTensor::position).thenComparing(SafeTensor::end)))
            .toList();
    long end = dataStart;
    for (Map.Entry<String, SafeTensor> entry : ordered) {
      long start = entry.getValue().position();
      if (start != end) {
        throw damaged(
            file,
            "tensor %s begins at byte %d of the numbers, but the one before it ends at %d"
                .formatted(Printable.value(entry.getKey()), start - dataStart, end - dataStart));
      }
      end = entry.getValue().end();
    }
    if (end != fileSize) {
      throw damaged(
          file, Count.of(fileSize - end, "byte follows", "bytes follow") + " its last tensor");
    }
  }

  private static ModelLoadingException damaged(Path file, String how) {
    return new ModelLoadingException("Cannot read " + file + " as safetensors: " + how);
  }
}
