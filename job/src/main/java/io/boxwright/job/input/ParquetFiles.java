package io.boxwright.job.input;

import io.boxwright.udf.executor.FileSystems;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The Parquet files at a path: the file itself, or all files in the folder and below that are not
 * hidden, in the order of their paths.
 *
 * @param root the file or folder
 * @param files the Parquet files, at least one
 * @param others the names of all other entries below the folder that are not hidden
 */
record ParquetFiles(Path root, List<Path> files, List<String> others) {

  private static final List<String> EXTENSIONS = List.of(".parquet", ".parq", ".pq");
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final int START_BYTES = 8;

  /**
   * Looks for files. A path is a name, never a pattern.
   *
   * @throws InvalidInputException if there is no Parquet file, saying what is found instead
   * @throws IOException if the file system fails
   */
  static ParquetFiles find(Configuration configuration, String path) throws IOException {
    Path root = parse(configuration, path);
    FileSystem fileSystem = FileSystems.of(root, configuration);
    root = fileSystem.makeQualified(root);
    FileStatus status;
    try {
      status = fileSystem.getFileStatus(root);
    } catch (FileNotFoundException e) {
      throw failure(path, "there is no such file or folder");
    }
    if (status.isDirectory()) {
      return findInFolder(fileSystem, root, path);
    }
    if (!LocalFiles.isRegular(status)) {
      throw failure(path, "it is neither a file nor a folder");
    }
    byte[] start = readStart(fileSystem, status);
    if (!startsWith(start, MAGIC)) {
      throw failure(
          path, "it is " + describeKind(root.getName(), start) + ", and Parquet is needed");
    }
    requireOpenable(fileSystem, root, path);
    return new ParquetFiles(root, List.of(root), List.of());
  }

  private static Path parse(Configuration configuration, String path) {
    try {
      return PathNames.parse(configuration, path);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          "Cannot read prompts from '%s': %s".formatted(path, e.getMessage()), e);
    }
  }

  private static ParquetFiles findInFolder(FileSystem fileSystem, Path root, String path)
      throws IOException {
    List<Path> files = new ArrayList<>();
    FolderFiles found = FolderFiles.list(fileSystem, root);
    List<String> others = new ArrayList<>();
    for (Path other : found.others()) {
      String name = relativize(root, other);
      if (isNamedParquet(name)) {
        throw failure(path, "%s is a broken link or not a regular file; remove it".formatted(name));
      }
      others.add(name);
    }
    for (FileStatus file : found.files()) {
      String name = relativize(root, file.getPath());
      if (isNamedParquet(name) || startsWith(readStart(fileSystem, file), MAGIC)) {
        requireOpenable(fileSystem, file.getPath(), path);
        files.add(file.getPath());
      } else {
        others.add(name);
      }
    }
    if (files.isEmpty()) {
      throw failure(
          path,
          others.isEmpty()
              ? "the folder is empty"
              : "there is no Parquet file in the folder, only others such as "
                  + others.stream().sorted().findFirst().orElseThrow());
    }
    return new ParquetFiles(
        root, files.stream().sorted().toList(), others.stream().sorted().toList());
  }

  private static String relativize(Path root, Path path) {
    return path.toString().substring(root.toString().length()).replaceFirst("^/", "");
  }

  /**
   * Refuses local files with a colon in their names: Hadoop reads the name of their checksum file
   * as a URI.
   */
  private static void requireOpenable(FileSystem fileSystem, Path file, String path) {
    if (fileSystem instanceof ChecksumFileSystem && file.getName().contains(":")) {
      throw failure(
          path,
          "Hadoop cannot open local files with a colon in their names; rename %s"
              .formatted(file.getName()));
    }
  }

  private static boolean isNamedParquet(String name) {
    return EXTENSIONS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
  }

  /** Reads the first bytes, without a checksum. */
  private static byte[] readStart(FileSystem fileSystem, FileStatus file) throws IOException {
    byte[] start = new byte[(int) Math.min(START_BYTES, file.getLen())];
    FileSystem unchecked =
        fileSystem instanceof ChecksumFileSystem checked ? checked.getRawFileSystem() : fileSystem;
    try (FSDataInputStream in = unchecked.open(file.getPath())) {
      in.readFully(start);
    }
    return start;
  }

  private static boolean startsWith(byte[] bytes, byte[] magic) {
    return bytes.length >= magic.length
        && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
  }

  /** Describes a file that is not Parquet. */
  private static String describeKind(String name, byte[] start) {
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (text.isEmpty()) {
      return "empty";
    }
    if (text.startsWith("ARROW1")) {
      return "an Arrow file";
    }
    if (text.startsWith("\u001f\u008b")) {
      return "a gzip file";
    }
    if (text.startsWith("PK")) {
      return "a zip file";
    }
    if (text.startsWith("SQLite")) {
      return "an SQLite file";
    }
    if (text.startsWith("version ")) {
      return "a Git LFS pointer (the file itself was not downloaded)";
    }
    if (text.stripLeading().startsWith("{") || text.stripLeading().startsWith("[")) {
      return "JSON";
    }
    boolean readable = text.chars().allMatch(c -> c >= ' ' || c == '\t' || c == '\n' || c == '\r');
    if (readable) {
      return name.toLowerCase(Locale.ROOT).endsWith(".csv") ? "CSV" : "text";
    }
    return "of another format";
  }

  private static InvalidInputException failure(String path, String problem) {
    return new InvalidInputException("Cannot read prompts from %s: %s".formatted(path, problem));
  }
}
