package io.boxwright.job.output;

import io.boxwright.files.FileProblem;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.LocalFiles;
import io.boxwright.job.input.PathNames;
import io.boxwright.job.input.ResolvedPath;
import io.boxwright.text.Redaction;
import io.boxwright.udf.executor.FileSystems;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
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
 *   <li>{@code plan.json}: the plan of the run, see {@link RunPlan};
 *   <li>{@code images/}: the image table, one file for each chunk;
 *   <li>{@code run.json}: the progress of the run, see {@link RunRecord};
 *   <li>{@code contact-sheet.png}: the first images;
 *   <li>{@code evaluations/}: evaluations of the images, each a folder like this one, whose table
 *       {@code images} has the scores and whose {@code evaluation.json} has the figures;
 *   <li>{@code _lock}: the driver that runs it, see {@link RunLock};
 *   <li>{@code _manifest.TERM.json}: the files that count, see {@link Manifest};
 *   <li>{@code _staging/}: files that are not complete yet, see {@link Staging};
 *   <li>{@code _aside/}: files with a chunk's name that are not that chunk, see {@link Aside}.
 * </ul>
 *
 * <p>Files are on disk before their names count, see {@link WholeFiles}. JSON files hold a hash of
 * themselves. All methods throw an {@link UncheckedIOException} if a file cannot be read or
 * written; its message names the file.
 */
public final class RunFolder {

  static final String PLAN = "plan.json";
  static final String RUN = "run.json";
  static final String LOCK = "_lock";
  static final String IMAGES = "images";
  static final String STAGING = "_staging";
  static final String ASIDE = "_aside";
  static final String EVALUATIONS = "evaluations";
  static final String EVALUATION = "evaluation.json";

  /** The name of the picture of the first images. */
  public static final String CONTACT_SHEET = "contact-sheet.png";

  private static final int MOST_FOLDERS = 20;

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
   * Returns an output folder, which need not exist.
   *
   * @throws InvalidInputException if the name is not that of a folder, or its file system is
   *     unknown
   */
  public static RunFolder of(Configuration configuration, String name) {
    try {
      Path path = PathNames.parse(configuration, name);
      FileSystem fileSystem = DurableFiles.unchecked(FileSystems.of(path, configuration));
      return new RunFolder(path, fileSystem, Optional.empty());
    } catch (IOException | RuntimeException e) { // the latter for invalid names
      throw new InvalidInputException(
          "Invalid output folder '%s': %s".formatted(name, e.getMessage()), e);
    }
  }

  /**
   * Returns the same folder, where each write and removal first checks that the lock still holds.
   */
  RunFolder fenced(Fence value) {
    return new RunFolder(folder, fileSystem, Optional.of(value));
  }

  /** Returns the fence that each write checks, if this is the folder of a lock's holder. */
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

  /** Returns the path of the folder. */
  public String path() {
    return folder.toString();
  }

  /** Returns the path with its links resolved. */
  public ResolvedPath resolvedPath() {
    return ResolvedPath.of(fileSystem, folder);
  }

  /** Returns the path with its file system, without secrets, as {@code run.json} keeps it. */
  String recordedPath() {
    return Redaction.of(fileSystem.makeQualified(folder).toString());
  }

  /**
   * Returns whether a record is of this folder. Only on local disks, other names of the same folder
   * count as equal.
   *
   * @param recordedPath the path that a record has
   */
  public boolean isAt(String recordedPath) {
    Path recorded = new Path(recordedPath);
    return recordedPath.equals(recordedPath())
        || isLocal(fileSystem.getUri())
            && isLocal(recorded.toUri())
            && resolvedPath().equals(ResolvedPath.of(fileSystem, recorded));
  }

  private static boolean isLocal(URI uri) {
    return "file".equals(uri.getScheme());
  }

  /** Returns the path of the image table. */
  public String images() {
    return resolve(IMAGES).toString();
  }

  Path resolve(String name) {
    return name.isEmpty() ? folder : new Path(folder, name);
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  /** Returns the usual commit mode for this file system. */
  public CommitMode usualCommit() {
    return CommitMode.of(fileSystem.getUri());
  }

  /** Returns the status of a file, if it exists. */
  Optional<FileStatus> status(String name) {
    try {
      return Optional.of(fileSystem.getFileStatus(resolve(name)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("look for", name, e);
    }
  }

  /** Lists a folder; the list is empty if it does not exist. */
  List<FileStatus> list(String name) {
    try {
      return Arrays.asList(fileSystem.listStatus(resolve(name)));
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("list", name, e);
    }
  }

  /** Returns whether an entry is a file that can be read to its end, not a folder or a pipe. */
  boolean isRegular(FileStatus entry) {
    return LocalFiles.isRegular(entry);
  }

  /** Reads the file system's clock: writes a file, takes its time and removes it. */
  Instant readClock() {
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
   * Reads a JSON file, if it exists.
   *
   * @throws DamagedFileException if it is not as it was written
   */
  <T> Optional<T> read(String name, Class<T> type) {
    Optional<FileStatus> status = status(name);
    if (status.isPresent() && !isRegular(status.get())) {
      throw new DamagedFileException(resolve(name), new IOException("it is not a file"));
    }
    byte[] bytes;
    try {
      bytes = files.read(resolve(name));
    } catch (FileNotFoundException e) {
      if (status(name).isPresent()) {
        throw failed("read", name, e); // local file systems throw it for missing permissions, too
      }
      return Optional.empty();
    } catch (IOException e) {
      throw failed("read", name, e);
    }
    try {
      return Optional.of(Json.readSealed(bytes, type));
    } catch (IOException e) {
      throw new DamagedFileException(resolve(name), e);
    }
  }

  /** Writes a JSON file in one step: readers see the old or the new one, whole. */
  synchronized void write(String name, Object value) {
    try {
      byte[] json = Json.writeSealed(value);
      writeContent(name, out -> out.write(json));
    } catch (IOException e) {
      throw failed("write", name, e);
    }
  }

  /**
   * Returns the folder of an evaluation of this run's images, which need not exist.
   *
   * @param name the name of the evaluation
   */
  public RunFolder evaluation(String name) {
    return new RunFolder(resolve(EVALUATIONS + "/" + name), fileSystem, Optional.empty());
  }

  /** Returns the names of the evaluations of this run's images, in alphabetical order. */
  public List<String> evaluations() {
    return list(EVALUATIONS).stream()
        .filter(FileStatus::isDirectory)
        .map(entry -> entry.getPath().getName())
        .filter(name -> !FolderContents.isHidden(name))
        .sorted()
        .toList();
  }

  /**
   * Returns the names of the folders in this one that have a plan, in alphabetical order. Only the
   * first twenty folders are looked at.
   */
  List<String> runs() {
    return list("").stream()
        .filter(FileStatus::isDirectory)
        .map(entry -> entry.getPath().getName())
        .sorted()
        .limit(MOST_FOLDERS)
        .filter(name -> status(name + "/" + PLAN).isPresent())
        .toList();
  }

  /**
   * Reads the figures of an evaluation, if this folder has any.
   *
   * @param type the record that was written
   * @throws DamagedFileException if they are not as they were written
   */
  public <T> Optional<T> readEvaluation(Class<T> type) {
    return read(EVALUATION, type);
  }

  /**
   * Writes the figures of an evaluation next to its table.
   *
   * @param figures a record
   * @return the path of the file
   */
  public String writeEvaluation(Object figures) {
    write(EVALUATION, figures);
    return resolve(EVALUATION).toString();
  }

  /** Returns whether the figures of an evaluation are next to its table. */
  public boolean hasEvaluation() {
    return status(EVALUATION).isPresent();
  }

  /**
   * Writes a picture next to the table.
   *
   * @return its path
   */
  public synchronized String writePicture(String name, byte[] png) {
    try {
      writeContent(name, out -> out.write(png));
      return resolve(name).toString();
    } catch (IOException e) {
      throw failed("write", name, e);
    }
  }

  /** Writes a file in one step: readers see the old or the new one, whole. */
  void writeContent(String name, WholeFiles.Content content) throws IOException {
    checkFence();
    Path file = resolve(name);
    if (usualCommit() == CommitMode.MANIFEST) {
      files.create(file, content); // object stores show only closed files
    } else {
      Path staged = resolve(STAGING + "/" + file.getName() + "." + UUID.randomUUID());
      files.replace(file, staged, content, this::checkFence);
    }
  }

  /** Removes a file, or a folder and everything in it, if it exists. */
  synchronized void delete(String name) {
    checkFence();
    try {
      fileSystem.delete(resolve(name), true);
    } catch (IOException e) {
      throw failed("remove", name, e);
    }
  }

  /** Removes a folder, if it exists and is empty. */
  void deleteIfEmpty(String name) {
    if (list(name).isEmpty() && status(name).filter(FileStatus::isDirectory).isPresent()) {
      delete(name);
    }
  }

  /**
   * Makes an error that says what could not be done, such as {@code Cannot remove out/plan.json:
   * ...}.
   */
  UncheckedIOException failed(String verb, String name, IOException e) {
    return new UncheckedIOException(
        "Cannot %s %s: %s".formatted(verb, resolve(name), FileProblem.of(e)), e);
  }
}
