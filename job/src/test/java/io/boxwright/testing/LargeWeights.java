package io.boxwright.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Makes a safetensors file as large as one likes, with a tensor that no pipeline reads. */
public final class LargeWeights {

  private static final int MEGABYTE = 1 << 20;

  private LargeWeights() {}

  /** Adds so many megabytes to a file: {@code LargeWeights FILE MEGABYTES}. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    long megabytes = Long.parseLong(args[1]);
    byte[] bytes = Files.readAllBytes(file);
    int headerBytes = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int start = Long.BYTES + headerBytes;
    long data = bytes.length - start;
    ObjectMapper json = new ObjectMapper();
    ObjectNode header = (ObjectNode) json.readTree(Arrays.copyOfRange(bytes, Long.BYTES, start));
    ObjectNode tensor = header.putObject("text_model.embeddings.position_ids").put("dtype", "U8");
    tensor.putArray("shape").add(megabytes * MEGABYTE);
    tensor.putArray("data_offsets").add(data).add(data + megabytes * MEGABYTE);
    byte[] enlarged = json.writeValueAsBytes(header);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(
          ByteBuffer.allocate(Long.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(enlarged.length)
              .array());
      out.write(enlarged);
      out.write(bytes, start, (int) data);
      byte[] noise = new byte[MEGABYTE];
      Random random = new Random(0);
      for (long i = 0; i < megabytes; i++) {
        random.nextBytes(noise);
        out.write(noise);
      }
    }
  }
}
