package io.boxwright.job.exporting;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A writer of tar files (ustar) whose members have no owner and no time, so that the same members
 * give the same bytes.
 */
final class TarWriter {

  private static final int BLOCK = 512;
  private static final int CHECKSUM = 148;
  private static final int LONGEST_NAME = 100;

  private final OutputStream out;

  /** Writes to a stream, which the caller closes. */
  TarWriter(OutputStream out) {
    this.out = out;
  }

  /**
   * Writes a member.
   *
   * @param name the name in ASCII, at most 100 characters
   */
  void add(String name, byte[] content) throws IOException {
    byte[] header = new byte[BLOCK];
    put(header, 0, name, LONGEST_NAME);
    put(header, 100, "0000644", 8);
    put(header, 108, "0000000", 8);
    put(header, 116, "0000000", 8);
    put(header, 124, "%011o".formatted(content.length), 12);
    put(header, 136, "00000000000", 12);
    put(header, CHECKSUM, "        ", 8);
    put(header, 156, "0", 1);
    put(header, 257, "ustar", 6);
    put(header, 263, "00", 2);
    int sum = 0;
    for (byte value : header) {
      sum += value & 0xff;
    }
    put(header, CHECKSUM, "%06o\0 ".formatted(sum), 8);
    out.write(header);
    out.write(content);
    out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
  }

  private static void put(byte[] header, int offset, String text, int longest) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    if (bytes.length > longest) {
      throw new IOException("A tar file cannot have the name " + text);
    }
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }

  /** Ends the file. */
  void finish() throws IOException {
    out.write(new byte[2 * BLOCK]);
  }
}
