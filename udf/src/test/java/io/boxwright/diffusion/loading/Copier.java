package io.boxwright.diffusion.loading;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A process of its own that copies a model into a cache, and logs each time it reads weights. */
final class Copier {

  /** A log of this name makes the process hang after the first byte of the weights. */
  static final String HANG = "hangs";

  static final String WEIGHTS = "0123456789";

  private Copier() {}

  /** Copies into the folder of the first argument, logs into the file of the second there. */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    new ModelCache(folder).folder("hdfs://host/models/sd/", files(folder.resolve(arguments[1])));
  }

  static List<ModelFile> files(Path log) {
    return List.of(
        new ModelFile("model_index.json", 2, "1", () -> new ByteArrayInputStream(bytes("{}"))),
        new ModelFile("weights", WEIGHTS.length(), "1", () -> weights(log)));
  }

  private static InputStream weights(Path log) throws IOException {
    Files.writeString(log, "r", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return new Slow(log.endsWith(HANG) ? 600_000 : 100);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /** Byte by byte, so that other processes come while it is read. */
  private static final class Slow extends FilterInputStream {

    private final long millis;

    /** Sleeps after each byte. */
    Slow(long millis) {
      super(new ByteArrayInputStream(bytes(WEIGHTS)));
      this.millis = millis;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        Thread.sleep(available() == WEIGHTS.length() ? 0 : millis);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return super.read(buffer, offset, Math.min(length, 1));
    }
  }
}
