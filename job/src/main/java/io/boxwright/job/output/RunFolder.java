package io.boxwright.job.output;

import io.boxwright.files.FileProblem;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.LocalFiles;
import io.boxwright.job.input.PathNames;
import io.boxwright.job.input.ResolvedPath;
import io.boxwright.udf.executor.FileSystems;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * An output folder on any Hadoop file system, and the files in it:
 *
 * <ul>
 *   <li>{@code plan.json}: what is to be made, see {@link RunPlan};
 *   <li>{@code images/}: the image table, a file a chunk;
 *   <li>{@code run.json}: how far it is, see {@link RunRecord};
 *   <li>{@code contact-sheet.png}: the first images;
 *   <li>{@code _lock}: who runs it, see {@link RunLock};
 *   <li>{@code _manifest.TERM.json}: which files count, see {@link Manifest};
 *   <li>{@code _staging/}: what is not whole yet, see {@link Staging};
 *   <li>{@code _aside/}: what lay in the place of a chunk, and is none, see {@link Aside}.
 * </ul>
 *
 * <p>What is written is on disk before its name counts, see {@link WholeFiles}. JSON files hold a
 * hash of themselves. All methods throw {@link UncheckedIOException} naming the file that cannot be
 * read or written.
 */
public final class RunFolder {

  static final String PLAN = "plan.json";
  static final String RUN = "run.json";
  static final String LOCK = "_lock";
  static final String IMAGES = "images";
  static final String STAGING = "_staging";
  static final String ASIDE = "_aside";

  /** Where the picture of the first images goes. */
  public static final String CONTACT_SHEET = "contact-sheet.png";

  private final Path folder;
  private final FileSystem fileSystem;
  private final Optional<Fence> fence;
  private final WholeFiles files;

  private RunFolder(Path folder, FileSystem fileSystem, Optional<Fence> fence) {
    this.folder = folder;
    this.fileSystem = fileSystem;
    this.fence = fence;
    this.files = new WholeFiles(fileSystem);
  }

  /**
   * An output folder, which need not exist.
   *
   * @throws InvalidInputException if that is no name of a folder, or of an unknown file system
   */
  public static RunFolder of(Configuration configuration, String name) {
    try {
      Path path = PathNames.parse(configuration, name);
      FileSystem fileSystem = DurableFiles.unchecked(FileSystems.of(path, configuration));
      return new RunFolder(path, fileSystem, Optional.empty());
    } catch (IOException | RuntimeException e) { // the latter for names that are none
      throw new InvalidInputException(
          "Invalid output folder '%s': %s".formatted(name, e.getMessage()), e);
    }
  }

  /** The same folder, where each write and removal checks first that the lock is still there. */
  RunFolder fenced(Fence value) {
    return new RunFolder(folder, fileSystem, Optional.of(value));
  }

  /** What lets its holder write, if this is the folder of a lock's holder. */
  Optional<Fence> fence() {
    return fence;
  }

  /**
   * Checks that the folder may be written to.
   *
   * @throws LockLostException if another run has taken it
   */
  void checkFence() {
    fence.ifPresent(value -> value.check(this));
  }

  /** Where it is. */
  public String path() {
    return folder.toString();
  }

  /** Where that leads. */
  public ResolvedPath resolvedPath() {
    return ResolvedPath.of(fileSystem, folder);
  }

  /** Where the image table is. */
  public String images() {
    return resolve(IMAGES).toString();
  }

  Path resolve(String name) {
    return name.isEmpty() ? folder : new Path(folder, name);
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  /** What makes a file count on this file system. */
  public CommitMode usualCommit() {
    return CommitMode.of(fileSystem.getUri());
  }

  /** What a file system says of a file, if it is there. */
  Optional<FileStatus> status(String name) {
    try {
      return Optional.of(fileSystem.getFileStatus(resolve(name)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("look for", name, e);
    }
  }

  /** What is in a folder; nothing if there is none. */
  List<FileStatus> list(String name) {
    try {
      return Arrays.asList(fileSystem.listStatus(resolve(name)));
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("list", name, e);
    }
  }

  /** Whether an entry is a file that can be read to its end: no folder, and no pipe. */
  boolean isRegular(FileStatus entry) {
    return LocalFiles.isRegular(entry);
  }

  /** The time by the clock that times of files are of: writes a file and removes it. */
  Instant clock() {
    String probe = STAGING + "/clock." + UUID.randomUUID();
    try {
      files.create(resolve(probe), new byte[0]);
      Instant now =
          Instant.ofEpochMilli(fileSystem.getFileStatus(resolve(probe)).getModificationTime());
      fileSystem.delete(resolve(probe), false);
      return now;
    } catch (IOException e) {
      throw failed("write", probe, e);
    }
  }

  /**
   * Reads a JSON file, if it is there.
   *
   * @throws DamagedFileException if it is not as it was written
   */
  <T> Optional<T> read(String name, Class<T> type) {
    Optional<FileStatus> status = status(name);
    if (status.isPresent() && !isRegular(status.get())) {
      throw new DamagedFileException(resolve(name), new IOException("it is no file"));
    }
    byte[] bytes;
    try {
      bytes = files.read(resolve(name));
    } catch (FileNotFoundException e) {
      if (status(name).isPresent()) {
        throw failed("read", name, e); // so local file systems call what may not be read
      }
      return Optional.empty();
    } catch (IOException e) {
      throw failed("read", name, e);
    }
    try {
      return Optional.of(Json.unsealed(bytes, type));
    } catch (IOException e) {
      throw new DamagedFileException(resolve(name), e);
    }
  }

  /** Writes a JSON file in one step: readers see the old or the new one, whole. */
  synchronized void write(String name, Object value) {
    try {
      writeBytes(name, Json.sealed(value));
    } catch (IOException e) {
      throw failed("write", name, e);
    }
  }

  /**
   * Writes a picture next to the table.
   *
   * @return where it is
   */
  public synchronized String writePicture(String name, byte[] png) {
    try {
      writeBytes(name, png);
      return resolve(name).toString();
    } catch (IOException e) {
      throw failed("write", name, e);
    }
  }

  private void writeBytes(String name, byte[] bytes) throws IOException {
    checkFence();
    if (usualCommit() == CommitMode.MANIFEST) {
      files.create(resolve(name), bytes); // object stores show a file when it is closed
    } else {
      Path staged = resolve(STAGING + "/" + name + "." + UUID.randomUUID());
      files.replace(resolve(name), staged, bytes, this::checkFence);
    }
  }

  /** Removes a file, or a folder with all that is in it, if it is there. */
  synchronized void delete(String name) {
    checkFence();
    try {
      fileSystem.delete(resolve(name), true);
    } catch (IOException e) {
      throw failed("remove", name, e);
    }
  }

  /** Removes a folder, if it is there and empty. */
  void deleteIfEmpty(String name) {
    if (list(name).isEmpty() && status(name).filter(FileStatus::isDirectory).isPresent()) {
      delete(name);
    }
  }

  /** Says what could not be done to which file, such as {@code Cannot remove out/plan.json}. */
  UncheckedIOException failed(String verb, String name, IOException e) {
    return new UncheckedIOException(
        "Cannot %s %s: %s".formatted(verb, resolve(name), FileProblem.of(e)), e);
  }
}
