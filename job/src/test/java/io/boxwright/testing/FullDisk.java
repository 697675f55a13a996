package io.boxwright.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A disk that is full: Linux has one for tests. */
public final class FullDisk {

  /** A file that takes no byte. */
  static final Path FILE = new Path("/dev/full");

  private FullDisk() {}

  /** What Hadoop's local file system throws when a disk is full. */
  public static FSError error() {
    try (RawLocalFileSystem fileSystem = new RawLocalFileSystem()) {
      fileSystem.initialize(FILE.toUri().resolve("file:///"), new Configuration());
      try (OutputStream out = fileSystem.create(FILE)) {
        out.write(1);
      }
    } catch (FSError e) {
      return e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError(FILE + " takes bytes");
  }
}
