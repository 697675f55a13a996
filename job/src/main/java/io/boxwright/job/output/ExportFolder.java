package io.boxwright.job.output;

import io.boxwright.job.input.InvalidInputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * The output folder of an export on any Hadoop file system. A file that has its name is whole: it
 * is written elsewhere and moved. All methods throw an {@link java.io.UncheckedIOException} that
 * names the file if it cannot be read or written.
 */
public final class ExportFolder {

  private static final String MARK = "_export";

  private final RunFolder folder;

  /** Wraps a folder; if it is that of a lock's holder, each write checks the lock. */
  public ExportFolder(RunFolder folder) {
    this.folder = folder;
  }

  /**
   * Returns a folder by its path, as executors do.
   *
   * @param configuration the configuration that {@link #configureTasks} returned
   * @throws InvalidInputException if the path is not that of a folder
   */
  public static ExportFolder of(Configuration configuration, String path) {
    RunFolder folder = RunFolder.of(configuration, path);
    return new ExportFolder(Fence.of(configuration).map(folder::fenced).orElse(folder));
  }

  /**
   * Returns the configuration for the tasks of this driver. If this is the folder of a lock's
   * holder, their writes check the lock, too.
   *
   * @param configuration the driver's configuration, which stays as it is
   */
  public Configuration configureTasks(Configuration configuration) {
    Configuration ofTasks = new Configuration(configuration);
    folder.fence().ifPresent(fence -> ofTasks.set(Fence.KEY, fence.toString()));
    return ofTasks;
  }

  /**
   * Makes the folder, or takes one that is empty or holds an export. Before there is a plan,
   * nothing else may be visible there.
   *
   * @param plan the name of the file that an export writes before any visible one
   * @throws InvalidInputException if it cannot be made, or holds something else
   */
  public void claim(String plan) {
    FolderContents contents = new FolderContents(folder);
    contents.claim(MARK);
    if (!has(plan)) {
      contents.requireNothingVisible();
    }
  }

  /** Returns the path of the folder. */
  public String path() {
    return folder.path();
  }

  /** Returns whether there is a file of this name. */
  public boolean has(String name) {
    return folder.status(name).isPresent();
  }

  /**
   * Reads a record, if there is one.
   *
   * @throws DamagedFileException if it is not as it was written
   */
  public <T> Optional<T> readRecord(String name, Class<T> type) {
    return folder.read(name, type);
  }

  /** Writes a record as a JSON file that holds a hash of itself. */
  public void writeRecord(String name, Object value) {
    folder.write(name, value);
  }

  /**
   * Writes a file and its folders, or replaces it. If the content cannot be made, there is no file.
   *
   * @param name the path of the file inside this folder
   */
  public void write(String name, WholeFiles.Content content) {
    try {
      makeFolders(name);
      folder.writeContent(name, out -> writeBuffered(out, content));
    } catch (IOException e) {
      removePart(name);
      throw folder.failed("write", name, e);
    } catch (RuntimeException e) {
      removePart(name);
      throw e;
    }
  }

  private void makeFolders(String name) throws IOException {
    var parent = folder.resolve(name).getParent();
    WholeFiles.makeMissingFolder(folder.fileSystem(), parent, folder::checkFence);
  }

  private static void writeBuffered(OutputStream out, WholeFiles.Content content)
      throws IOException {
    OutputStream buffered = new BufferedOutputStream(out);
    content.writeTo(buffered);
    buffered.flush();
  }

  /** Removes what an object store may have kept of a file that was not written to its end. */
  private void removePart(String name) {
    if (folder.usualCommit() == CommitMode.MANIFEST) {
      folder.delete(name);
    }
  }

  /**
   * Opens a file; the caller closes the stream.
   *
   * @param offset the first byte to read
   */
  public InputStream open(String name, long offset) {
    try {
      FSDataInputStream in = folder.fileSystem().open(folder.resolve(name));
      in.seek(offset);
      return in;
    } catch (IOException e) {
      throw folder.failed("read", name, e);
    }
  }

  /** Removes the files that attempts have left half-written; nothing may be written meanwhile. */
  public void sweep() {
    new Staging(folder).sweep();
  }
}
