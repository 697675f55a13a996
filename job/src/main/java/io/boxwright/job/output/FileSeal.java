package io.boxwright.job.output;

import io.boxwright.files.Sha256;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The SHA-256 of a whole Parquet file, stored in its footer. It is computed as if its own digits
 * were zeros. A single bit that changes anywhere in the file breaks the seal.
 */
public final class FileSeal {

  /** The footer's key. */
  static final String KEY = ImageWriteSupport.FOOTER + "file.sha256";

  /** The text in the place of the hash while the file is hashed. */
  static final String PLACEHOLDER = "0".repeat(64);

  /** The key in Thrift's compact protocol, with the field header and the length of its value. */
  private static final byte[] START =
      concatenate(toAscii(KEY), new byte[] {0x18, (byte) PLACEHOLDER.length()});

  private static final int TRAILER_BYTES = 8; // the length of the footer, and the magic number
  private static final int LONGEST_FOOTER = 1 << 30;

  private FileSeal() {}

  /**
   * Puts the hash in the place of its placeholder.
   *
   * @param digest a digest that was updated with all earlier bytes of the file
   * @param end the last bytes of the file, including the footer; the hash is written into them
   * @throws IOException if there is not exactly one placeholder
   */
  static void close(MessageDigest digest, byte[] end) throws IOException {
    byte[] placeholder = concatenate(START, toAscii(PLACEHOLDER));
    int place = indexOf(end, placeholder, 0);
    if (place < 0 || indexOf(end, placeholder, place + 1) >= 0) {
      throw new IOException("the footer has no place for its seal");
    }
    digest.update(end);
    byte[] hash = toAscii(Sha256.hex(digest));
    System.arraycopy(hash, 0, end, place + START.length, hash.length);
  }

  /**
   * Checks the seal of a file. Reads all of it and, on the local file system, bypasses Hadoop's own
   * checksums.
   *
   * @return a description of the problem; nothing if every byte is as it was written
   * @throws IOException if the file cannot be read
   */
  public static Optional<String> check(Configuration configuration, Path file) throws IOException {
    FileSystem fileSystem = DurableFiles.unchecked(file.getFileSystem(configuration));
    long length = fileSystem.getFileStatus(file).getLen();
    try (FSDataInputStream in = fileSystem.open(file)) {
      long place = findHash(in, length);
      if (place < 0) {
        return Optional.of("its footer has no seal");
      }
      in.seek(0);
      MessageDigest digest = Sha256.digest();
      hash(in, place, digest);
      byte[] stored = new byte[PLACEHOLDER.length()];
      in.readFully(stored);
      digest.update(toAscii(PLACEHOLDER));
      hash(in, length - place - stored.length, digest);
      boolean whole = Arrays.equals(stored, toAscii(Sha256.hex(digest)));
      return whole ? Optional.empty() : Optional.of("it was changed after it was written");
    }
  }

  /** Returns the position of the hash in the file, or -1 if there is none. */
  private static long findHash(FSDataInputStream in, long length) throws IOException {
    if (length < TRAILER_BYTES) {
      return -1;
    }
    byte[] trailer = new byte[TRAILER_BYTES];
    in.readFully(length - TRAILER_BYTES, trailer);
    int footerBytes = ByteBuffer.wrap(trailer).order(ByteOrder.LITTLE_ENDIAN).getInt();
    long start = length - TRAILER_BYTES - footerBytes;
    if (footerBytes < 0 || footerBytes > LONGEST_FOOTER || start < 0) {
      return -1;
    }
    byte[] footer = new byte[footerBytes];
    in.readFully(start, footer);
    int place = indexOf(footer, START, 0);
    boolean found = place >= 0 && place + START.length + PLACEHOLDER.length() <= footerBytes;
    return found ? start + place + START.length : -1;
  }

  private static void hash(DataInputStream in, long count, MessageDigest digest)
      throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (long left = count; left > 0; ) {
      int read = (int) Math.min(left, buffer.length);
      in.readFully(buffer, 0, read);
      digest.update(buffer, 0, read);
      left -= read;
    }
  }

  private static int indexOf(byte[] bytes, byte[] wanted, int from) {
    for (int i = from; i <= bytes.length - wanted.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }

  private static byte[] toAscii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] concatenate(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
