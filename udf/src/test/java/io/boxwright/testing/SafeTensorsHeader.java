package io.boxwright.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Changes names of tensors in safetensors files. */
public final class SafeTensorsHeader {

  private SafeTensorsHeader() {}

  /** Replaces names in the header of a safetensors file; the tensors stay as they are. */
  public static void replace(Path file, String before, String after) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int length = Math.toIntExact(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
    String header = new String(bytes, Long.BYTES, length, StandardCharsets.UTF_8);
    byte[] changed = header.replace(before, after).getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(bytes.length - length + changed.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(changed.length)
            .put(changed)
            .put(bytes, Long.BYTES + length, bytes.length - Long.BYTES - length);
    Files.write(file, all.array());
  }
}
