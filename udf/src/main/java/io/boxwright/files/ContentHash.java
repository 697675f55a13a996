package io.boxwright.files;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The hash of a file's content: the SHA-256 of the SHA-256 hashes of its blocks, one after another.
 * All cores can hash one file together, and the result does not depend on their number.
 */
public final class ContentHash {

  /** Bytes of a block. Another size gives other hashes. */
  public static final int BLOCK_BYTES = 16 << 20;

  private static final int BUFFER_BYTES = 256 << 10;
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private final int blockBytes;
  private final MessageDigest block = Sha256.digest();
  private final MessageDigest whole = Sha256.digest();
  private int inBlock;

  /** Starts a hash in blocks of the usual size. */
  public ContentHash() {
    this(BLOCK_BYTES);
  }

  /** Starts a hash in blocks of {@code blockBytes} bytes. */
  public ContentHash(int blockBytes) {
    this.blockBytes = blockBytes;
  }

  /** Adds the first bytes of a buffer. */
  public void add(byte[] buffer, int count) {
    int done = 0;
    while (done < count) {
      int next = Math.min(count - done, blockBytes - inBlock);
      block.update(buffer, done, next);
      done += next;
      inBlock += next;
      if (inBlock == blockBytes) {
        endBlock();
      }
    }
  }

  private void endBlock() {
    whole.update(block.digest());
    inBlock = 0;
  }

  /** Ends the hash and returns it as 64 hexadecimal digits; nothing can be added afterwards. */
  public String hex() {
    if (inBlock > 0) {
      endBlock();
    }
    return Sha256.hex(whole);
  }

  /**
   * Hashes whole files with all cores.
   *
   * @throws IOException naming the file that cannot be read
   */
  public static Map<Path, String> ofFiles(Collection<Path> files, int blockBytes)
      throws IOException {
    List<Block> blocks = new ArrayList<>();
    Map<Path, MessageDigest> wholes = new LinkedHashMap<>();
    for (Path file : files) {
      long size = Files.size(file);
      for (long start = 0; start < size; start += blockBytes) {
        blocks.add(new Block(file, start, (int) Math.min(blockBytes, size - start)));
      }
      wholes.put(file, Sha256.digest());
    }
    List<byte[]> digests = hashBlocks(blocks);
    for (int i = 0; i < blocks.size(); i++) {
      wholes.get(blocks.get(i).file()).update(digests.get(i));
    }
    Map<Path, String> hashes = new LinkedHashMap<>();
    wholes.forEach((file, whole) -> hashes.put(file, Sha256.hex(whole)));
    return hashes;
  }

  private static List<byte[]> hashBlocks(List<Block> blocks) throws IOException {
    try {
      return blocks.parallelStream().map(Block::digest).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** A part of a file. */
  private record Block(Path file, long start, int length) {

    byte[] digest() {
      MessageDigest digest = Sha256.digest();
      ByteBuffer buffer = ByteBuffer.allocate(Math.min(length, BUFFER_BYTES));
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        int done = 0;
        while (done < length) {
          buffer.clear().limit(Math.min(buffer.capacity(), length - done));
          int read = channel.read(buffer, start + done);
          if (read < 0) {
            throw new EOFException(file + " became shorter while it was read");
          }
          digest.update(buffer.flip());
          done += read;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return digest.digest();
    }
  }

  /** Returns whether a text can be a hash; a hash that was kept in a file may be damaged. */
  public static boolean isHash(String text) {
    return text != null && HASH.matcher(text).matches();
  }
}
