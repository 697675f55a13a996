package io.boxwright.job.output;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;

/**
 * Reads and writes small files as a whole. What is written is on disk before its name counts, see
 * {@link DurableFiles}.
 */
final class WholeFiles {

  private static final int READ_ATTEMPTS = 5;

  private final FileSystem fileSystem;

  /** Those of a file system. */
  WholeFiles(FileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /**
   * The bytes of a file. Stores refuse to read one that was replaced since it was opened, as the
   * lock often is; so this tries some times.
   *
   * @throws FileNotFoundException if it is not there or, on local disks, may not be read
   */
  byte[] read(Path file) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try (InputStream in = fileSystem.open(file)) {
        return in.readAllBytes();
      } catch (PathIOException e) {
        if (attempt == READ_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Creates a file, in the place of one that is there, and the folder that it is in. */
  void create(Path file, byte[] bytes) throws IOException {
    makeFolder(fileSystem, file.getParent());
    try (FSDataOutputStream out = DurableFiles.create(fileSystem, file)) {
      out.write(bytes);
      DurableFiles.sync(out);
    } catch (FSError e) { // Hadoop's local file system throws it where others throw exceptions
      throw new IOException(e.getCause().getMessage(), e);
    }
  }

  /**
   * Puts a file in the place of another: readers see the old or the new one.
   *
   * @param staged where it is until it is whole
   * @param check is run before it takes its place, for creating it may have taken minutes
   * @throws LockLostException as {@code check} threw it
   */
  void replace(Path file, Path staged, byte[] bytes, Runnable check) throws IOException {
    require(!isFolder(file), "it is a folder");
    try {
      create(staged, bytes);
      check.run();
      rename(staged, file);
    } catch (IOException | LockLostException e) {
      fileSystem.delete(staged, false);
      throw e;
    }
  }

  private void rename(Path staged, Path file) throws IOException {
    if (!DurableFiles.rename(fileSystem, staged, file)) { // HDFS does not replace files
      fileSystem.delete(file, false);
      require(DurableFiles.rename(fileSystem, staged, file), "the file system refuses to rename");
    }
  }

  private boolean isFolder(Path path) throws IOException {
    try {
      return fileSystem.getFileStatus(path).isDirectory();
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  /** Hadoop makes folders, too, but its local file system does not say why it cannot. */
  static void makeFolder(FileSystem fileSystem, Path path) throws IOException {
    if (fileSystem.getUri().getScheme().equals("file")) {
      String local = fileSystem.makeQualified(path).toUri().getPath(); // as a URI it is not escaped
      Files.createDirectories(java.nio.file.Path.of(local));
    }
  }

  /** Throws if something was not done. */
  static void require(boolean done, String problem) throws IOException {
    if (!done) {
      throw new IOException(problem);
    }
  }
}
