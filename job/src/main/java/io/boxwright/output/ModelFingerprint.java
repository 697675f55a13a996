package io.boxwright.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells models apart without reading gigabytes: small files of the folder whole; of weight files
 * their name, length, safetensors header (names, types and shapes of tensors) and 64 samples of 4
 * KiB, for training a model further changes all of its weights and nothing else.
 */
public final class ModelFingerprint {

  private static final int SAMPLES = 64;
  private static final int SAMPLE_BYTES = 4096;
  private static final int LENGTH_BYTES = 8;
  private static final long LONGEST_HEADER = 100 << 20;

  private ModelFingerprint() {}

  /**
   * The fingerprint of a diffusers folder, the same wherever it lies.
   *
   * @throws UncheckedIOException if it cannot be read
   */
  public static String of(Path folder) {
    Hash hash = new Hash();
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> sorted = files.filter(Files::isRegularFile).sorted().toList();
      for (Path file : sorted) {
        hash.add(folder.relativize(file).toString());
        addContent(hash, file);
      }
      return hash.hex();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read model folder " + folder, e);
    }
  }

  private static void addContent(Hash hash, Path file) throws IOException {
    long length = Files.size(file);
    hash.add(String.valueOf(length));
    if (length <= (long) SAMPLES * SAMPLE_BYTES) {
      hash.add(Files.readAllBytes(file));
      return;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      addHeader(hash, channel, file);
      for (int i = 0; i < SAMPLES; i++) {
        hash.add(read(channel, (length - SAMPLE_BYTES) / (SAMPLES - 1) * i, SAMPLE_BYTES));
      }
    }
  }

  /** A safetensors file begins with the length of its header. */
  private static void addHeader(Hash hash, FileChannel channel, Path file) throws IOException {
    if (file.toString().endsWith(".safetensors")) {
      byte[] start = read(channel, 0, LENGTH_BYTES);
      long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (length >= 0 && length <= LONGEST_HEADER) {
        hash.add(read(channel, LENGTH_BYTES, (int) length));
      }
    }
  }

  private static byte[] read(FileChannel channel, long position, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()
        && channel.read(buffer, position + buffer.position()) >= 0) {} // until full or at the end
    return buffer.array();
  }
}
