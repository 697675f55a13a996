package io.boxwright.diffusion.loading;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes safetensors files for tests. */
final class SafeTensorsBuilder {

  private final ObjectNode header = new ObjectMapper().createObjectNode();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  SafeTensorsBuilder() {
    header.putObject("__metadata__").put("format", "pt");
  }

  /** Adds a float32 tensor. */
  SafeTensorsBuilder floats(String name, long[] shape, float... numbers) {
    ByteBuffer bytes = littleEndian(numbers.length * Float.BYTES);
    bytes.asFloatBuffer().put(numbers);
    return bytes("F32", name, shape, bytes);
  }

  /** Adds a tensor of 2-byte numbers, given by their bits. */
  SafeTensorsBuilder shorts(String type, String name, long[] shape, int... bits) {
    ByteBuffer bytes = littleEndian(bits.length * Short.BYTES);
    for (int number : bits) {
      bytes.putShort((short) number);
    }
    return bytes(type, name, shape, bytes.rewind());
  }

  /** Adds an int64 tensor. */
  SafeTensorsBuilder longs(String name, long[] shape, long... numbers) {
    ByteBuffer bytes = littleEndian(numbers.length * Long.BYTES);
    bytes.asLongBuffer().put(numbers);
    return bytes("I64", name, shape, bytes);
  }

  private SafeTensorsBuilder bytes(String type, String name, long[] shape, ByteBuffer bytes) {
    ObjectNode entry = header.putObject(name).put("dtype", type);
    for (long length : shape) {
      entry.withArray("shape").add(length);
    }
    entry.withArray("data_offsets").add(data.size()).add(data.size() + bytes.remaining());
    data.writeBytes(bytes.array());
    return this;
  }

  Path write(Path file) throws IOException {
    return write(file, header.toString());
  }

  /** Writes with a header of one's own. */
  Path write(Path file, String headerText) throws IOException {
    byte[] headerBytes = headerText.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(littleEndian(Long.BYTES).putLong(headerBytes.length).array());
    all.writeBytes(headerBytes);
    all.writeBytes(data.toByteArray());
    return Files.write(file, all.toByteArray());
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
