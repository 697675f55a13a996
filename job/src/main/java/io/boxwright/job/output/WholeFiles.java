package io.boxwright.job.output;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;

/**
 * A reader and writer of small files as a whole. Files are on disk before their names count, see
 * {@link DurableFiles}.
 */
public final class WholeFiles {

  private static final int READ_ATTEMPTS = 5;

  private final FileSystem fileSystem;

  /**
   * Reads and writes files of a file system.
   *
   * @param fileSystem any file system; a local one gets no checksum files
   */
  public WholeFiles(FileSystem fileSystem) {
    this.fileSystem = DurableFiles.unchecked(fileSystem);
  }

  /**
   * Reads the bytes of a file. Object stores refuse to read a file that was replaced since it was
   * opened, as often happens to the lock. So this method tries several times.
   *
   * @throws FileNotFoundException if it does not exist or, on local disks, may not be read
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

  /** The content of a file. */
  @FunctionalInterface
  public interface Content {

    /** Writes all bytes to a stream, which the caller closes. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Creates a file and its folder, or replaces an existing file. */
  void create(Path file, byte[] bytes) throws IOException {
    create(file, out -> out.write(bytes));
  }

  /** Creates a file and its folder, or replaces an existing file. */
  void create(Path file, Content content) throws IOException {
    makeFolder(fileSystem, file.getParent());
    createInFolder(file, content);
  }

  /** Creates a file in a folder that exists, or replaces an existing file. */
  private void createInFolder(Path file, Content content) throws IOException {
    try (FSDataOutputStream out = DurableFiles.create(fileSystem, file)) {
      content.writeTo(out);
      DurableFiles.sync(out);
    } catch (FSError e) { // Hadoop's local file system throws it where others throw exceptions
      throw new IOException(e.getCause().getMessage(), e);
    }
  }

  /**
   * Creates or replaces a file in one step: readers see the old file or the new one.
   *
   * @param file the file
   * @param staged the path of the new file until it is complete
   * @param bytes the content of the new file
   * @param check a check that throws if nothing may be written any more. It runs before the folder
   *     of {@code staged} is made, before the rename, because creating the file may have taken
   *     minutes, and after a failure, which it may explain
   * @throws LockLostException if {@code check} throws it
   * @throws IOException if the file system fails; then the old file is there as before
   */
  public void replace(Path file, Path staged, byte[] bytes, Runnable check) throws IOException {
    replace(file, staged, out -> out.write(bytes), check);
  }

  /** Creates or replaces a file like {@link #replace(Path, Path, byte[], Runnable)}. */
  void replace(Path file, Path staged, Content content, Runnable check) throws IOException {
    require(!isFolder(fileSystem, file), "it is a folder");
    try {
      makeMissingFolder(fileSystem, staged.getParent(), check);
      createInFolder(staged, content);
      check.run();
      rename(staged, file);
    } catch (IOException e) {
      fileSystem.delete(staged, false);
      check.run();
      throw e;
    } catch (RuntimeException e) {
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

  private static boolean isFolder(FileSystem fileSystem, Path path) throws IOException {
    try {
      return fileSystem.getFileStatus(path).isDirectory();
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  /** Makes a folder like {@link #makeFolder} if it is missing and a check throws nothing. */
  static void makeMissingFolder(FileSystem fileSystem, Path folder, Runnable check)
      throws IOException {
    if (!isFolder(fileSystem, folder)) {
      check.run();
      makeFolder(fileSystem, folder);
    }
  }

  /**
   * Makes a folder where folders are real. Hadoop could make a local one, too, but would not say
   * why that fails.
   */
  static void makeFolder(FileSystem fileSystem, Path path) throws IOException {
    if (fileSystem.getUri().getScheme().equals("file")) {
      String local = fileSystem.makeQualified(path).toUri().getPath(); // without the URI's escapes
      Files.createDirectories(java.nio.file.Path.of(local));
    } else if (DurableFiles.hasFolders(fileSystem)) {
      require(fileSystem.mkdirs(path), "the file system refuses to make its folder");
    }
  }

  /** Throws an error with the problem if something was not done. */
  static void require(boolean done, String problem) throws IOException {
    if (!done) {
      throw new IOException(problem);
    }
  }
}
