package io.boxwright.job.output;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.LocalFiles;
import io.boxwright.job.input.PathNames;
import io.boxwright.job.input.ResolvedPath;
import io.boxwright.udf.executor.FileSystems;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;

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
 *   <li>{@code _staging/}: what is not whole yet;
 *   <li>{@code _aside/}: what lay in the place of a chunk, and is none.
 * </ul>
 *
 * <p>What is written is on disk before its name counts, see {@link DurableFiles}. JSON files hold a
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

  /** Chunks of attempts, and files that are to be renamed. */
  private static final Pattern STAGED =
      Pattern.compile("chunk-.*\\.parquet|.+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private static final List<String> OURS = List.of(IMAGES, RUN, CONTACT_SHEET, STAGING, PLAN);

  private static final int READ_ATTEMPTS = 5;

  private final Path folder;
  private final FileSystem fileSystem;
  private final Optional<Fence> fence;

  private RunFolder(Path folder, FileSystem fileSystem, Optional<Fence> fence) {
    this.folder = folder;
    this.fileSystem = fileSystem;
    this.fence = fence;
  }

  /**
   * An output folder, which need not exist.
   *
   * @throws InvalidInputException if that is no name of a folder, or of an unknown file system
   */
  public static RunFolder of(Configuration configuration, String name) {
    try {
      Path path = PathNames.parse(configuration, name);
      FileSystem fileSystem = unchecked(FileSystems.of(path, configuration));
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

  private void checkFence() {
    fence.ifPresent(value -> value.check(this));
  }

  /**
   * A local file system without checksum files: one that is killed between a file and its checksum
   * could not read the file any more.
   */
  static FileSystem unchecked(FileSystem fileSystem) {
    return fileSystem instanceof ChecksumFileSystem checked
        ? checked.getRawFileSystem()
        : fileSystem;
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

  /**
   * Makes the folder, if there is none.
   *
   * @throws InvalidInputException if it cannot be made, or holds what no run of ours has left
   */
  public void prepare() {
    try {
      if (!fileSystem.exists(folder)) {
        makeFolder(folder);
        require(fileSystem.mkdirs(folder), "the file system refuses");
      } else if (!fileSystem.getFileStatus(folder).isDirectory()) {
        throw new InvalidInputException("Invalid output folder %s: it is a file".formatted(folder));
      } else {
        checkContents();
      }
    } catch (IOException | IllegalArgumentException e) { // the latter for unknown hosts
      throw new InvalidInputException(
          "Cannot make output folder %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private void checkContents() throws IOException {
    boolean planned = exists(PLAN);
    for (FileStatus entry : fileSystem.listStatus(folder)) {
      String name = entry.getPath().getName();
      if (!isHidden(name) && !(planned && OURS.contains(name))) {
        throw new InvalidInputException(
            "Invalid output folder %s: it holds %s, %s"
                .formatted(
                    folder,
                    name,
                    planned
                        ? "which is not part of the run there; move it away"
                        : "but no run that can go on; empty it or name another"));
      }
    }
  }

  /** Whether a name is hidden, as Spark understands it, or of a kind that file systems leave. */
  static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("_") || name.endsWith(".crc");
  }

  /**
   * Removes all that runs have made, the plan last; the lock and what was put aside stay.
   *
   * @throws InvalidInputException if a file that is no run's lies between the images
   */
  public synchronized void clear() {
    for (FileStatus entry : list(IMAGES)) {
      String name = entry.getPath().getName();
      boolean ours = entry.isFile() && ChunkFile.parse(entry.getPath()).isPresent();
      if (!isHidden(name) && !ours) {
        throw new InvalidInputException(
            "Cannot overwrite %s: images/%s was made by no run; move it away"
                .formatted(folder, name));
      }
    }
    Manifest.names(this).forEach(this::delete);
    list(IMAGES).stream()
        .filter(FileStatus::isFile)
        .map(FileStatus::getPath)
        .filter(file -> ChunkFile.parse(file).isPresent())
        .forEach(file -> delete(IMAGES + "/" + file.getName()));
    deleteIfEmpty(IMAGES); // what is hidden there may be of others
    sweepStaging();
    List.of(RUN, CONTACT_SHEET, PLAN).forEach(this::delete);
  }

  /**
   * Makes the folder, or takes one that is empty or was taken under the same name before.
   *
   * @param mark a hidden file that says what the folder is for
   * @throws InvalidInputException if it holds something else
   */
  public void claim(String mark) {
    List<FileStatus> entries = list("");
    if (entries.isEmpty()) {
      write(mark, Map.of());
    } else if (status(mark).isEmpty()) {
      throw new InvalidInputException(
          "Invalid output folder %s: it holds %s; empty it or name another"
              .formatted(folder, entries.get(0).getPath().getName()));
    }
  }

  /** What lies in the folder itself and is no part of a run. */
  public List<String> strangers() {
    return list("").stream()
        .map(entry -> entry.getPath().getName())
        .filter(name -> !isHidden(name) && !OURS.contains(name))
        .sorted()
        .toList();
  }

  /**
   * Moves what lies in {@code images} to {@code _aside}.
   *
   * @return where it is then, below the folder
   */
  public synchronized String putAside(String name) {
    checkFence();
    String aside = ASIDE + "/" + name + "." + UUID.randomUUID().toString().substring(0, 8);
    try {
      fileSystem.mkdirs(resolve(ASIDE));
      require(
          fileSystem.rename(resolve(IMAGES + "/" + name), resolve(aside)),
          "the file system refuses to rename it");
      return aside;
    } catch (IOException e) {
      throw failed("put aside", IMAGES + "/" + name, e);
    }
  }

  /** Where {@link #putAside} moves files. */
  public String aside() {
    return resolve(ASIDE).toString();
  }

  /** Names of what is not whole. */
  public List<String> staged() {
    return list(STAGING).stream().map(entry -> entry.getPath().getName()).toList();
  }

  /** Removes what is not whole. What no run can have left there stays. */
  public synchronized void sweepStaging() {
    checkFence();
    for (FileStatus entry : list(STAGING)) {
      String name = entry.getPath().getName();
      if (entry.isFile() && (STAGED.matcher(name).matches() || isHidden(name))) {
        delete(STAGING + "/" + name);
      }
    }
    deleteIfEmpty(STAGING);
  }

  /** Removes the folder of what is not whole, if nothing is in it. */
  synchronized void removeEmptyStaging() {
    checkFence();
    deleteIfEmpty(STAGING);
  }

  private void deleteIfEmpty(String name) {
    if (list(name).isEmpty() && status(name).filter(FileStatus::isDirectory).isPresent()) {
      delete(name);
    }
  }

  private boolean exists(String name) {
    try {
      return fileSystem.exists(resolve(name));
    } catch (IOException e) {
      throw failed("look for", name, e);
    }
  }

  synchronized void delete(String name) {
    checkFence();
    try {
      fileSystem.delete(resolve(name), true);
    } catch (IOException e) {
      throw failed("remove", name, e);
    }
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

  /** The time by the clock that times of files are of: writes a file and removes it. */
  Instant clock() {
    String probe = STAGING + "/clock." + UUID.randomUUID();
    try {
      create(resolve(probe), new byte[0]);
      Instant now =
          Instant.ofEpochMilli(fileSystem.getFileStatus(resolve(probe)).getModificationTime());
      fileSystem.delete(resolve(probe), false);
      return now;
    } catch (IOException e) {
      throw failed("write", probe, e);
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
      bytes = readBytes(name);
    } catch (FileNotFoundException e) {
      if (exists(name)) {
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

  /** Stores refuse to read a file that was replaced since it was opened, as the lock often is. */
  private byte[] readBytes(String name) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try (InputStream in = fileSystem.open(resolve(name))) {
        return in.readAllBytes();
      } catch (PathIOException e) {
        if (attempt == READ_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Whether an entry is a file that can be read to its end: no folder, and no pipe. */
  boolean isRegular(FileStatus entry) {
    return LocalFiles.isRegular(entry);
  }

  /** What is wrong with the JSON files that are there, a sentence each. */
  public List<String> damagedFiles() {
    List<String> damaged = new ArrayList<>();
    for (FileStatus entry : list("")) {
      String name = entry.getPath().getName();
      if (name.equals(PLAN) || name.equals(RUN) || Manifest.isName(name)) {
        try {
          read(name, JsonNode.class);
        } catch (DamagedFileException e) {
          damaged.add(e.getMessage());
        }
      }
    }
    return damaged;
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

  /** What makes a file count on this file system. */
  public CommitMode usualCommit() {
    return CommitMode.of(fileSystem.getUri());
  }

  /** As {@link #write}, of any file. */
  private void writeBytes(String name, byte[] bytes) throws IOException {
    checkFence();
    if (usualCommit() == CommitMode.MANIFEST) {
      create(resolve(name), bytes); // object stores show a file when it is closed
      return;
    }
    require(!isFolder(resolve(name)), "it is a folder");
    Path staged = resolve(STAGING + "/" + name + "." + UUID.randomUUID());
    try {
      create(staged, bytes);
      checkFence(); // again: creating may have taken minutes
      replace(staged, resolve(name));
    } catch (IOException | LockLostException e) {
      fileSystem.delete(staged, false);
      throw e;
    }
  }

  private void replace(Path staged, Path target) throws IOException {
    if (!DurableFiles.rename(fileSystem, staged, target)) { // HDFS does not replace files
      fileSystem.delete(target, false);
      require(DurableFiles.rename(fileSystem, staged, target), "the file system refuses to rename");
    }
  }

  private boolean isFolder(Path path) throws IOException {
    try {
      return fileSystem.getFileStatus(path).isDirectory();
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  private void create(Path file, byte[] bytes) throws IOException {
    makeFolder(file.getParent());
    try (FSDataOutputStream out = DurableFiles.create(fileSystem, file)) {
      out.write(bytes);
      DurableFiles.sync(out);
    } catch (FSError e) { // Hadoop's local file system throws it where others throw exceptions
      throw new IOException(e.getCause().getMessage(), e);
    }
  }

  /** Hadoop makes folders, too, but its local file system does not say why it cannot. */
  private void makeFolder(Path path) throws IOException {
    if (fileSystem.getUri().getScheme().equals("file")) {
      String local = fileSystem.makeQualified(path).toUri().getPath(); // as a URI it is not escaped
      Files.createDirectories(java.nio.file.Path.of(local));
    }
  }

  private static void require(boolean done, String problem) throws IOException {
    if (!done) {
      throw new IOException(problem);
    }
  }

  private UncheckedIOException failed(String verb, String name, IOException e) {
    return new UncheckedIOException(
        "Cannot %s %s: %s".formatted(verb, resolve(name), e.getMessage()), e);
  }
}
