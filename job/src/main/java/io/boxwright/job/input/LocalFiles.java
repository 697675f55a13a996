package io.boxwright.job.input;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Facts about files on this machine that Hadoop does not tell. */
public final class LocalFiles {

  private LocalFiles() {}

  /**
   * Returns whether an entry of any file system is a file that can be read to its end: no folder,
   * pipe or device.
   *
   * @param entry the entry as the file system lists it
   */
  public static boolean isRegular(FileStatus entry) {
    return entry.isFile() && (!isLocal(entry.getPath()) || Files.isRegularFile(toLocal(entry)));
  }

  /**
   * Finds the links in a folder that lead to nothing, which Hadoop does not list.
   *
   * @param folder a folder of any file system; only local ones have such links
   * @param listed the entries that Hadoop lists
   * @return the names of the links, in order
   * @throws IOException if the folder cannot be read
   */
  static List<String> findBrokenLinks(Path folder, FileStatus[] listed) throws IOException {
    if (!isLocal(folder)) {
      return List.of();
    }
    Set<String> names =
        Arrays.stream(listed).map(entry -> entry.getPath().getName()).collect(Collectors.toSet());
    try (Stream<java.nio.file.Path> entries = Files.list(toLocal(folder))) {
      return entries
          .filter(Files::isSymbolicLink)
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !names.contains(name))
          .sorted()
          .toList();
    }
  }

  /**
   * Follows the links in a path.
   *
   * @param path a qualified path of any file system; parts that do not exist stay as they are
   * @return the path without links; for file systems that are not local, the path itself
   */
  static Path follow(Path path) {
    if (!isLocal(path)) {
      return path;
    }
    java.nio.file.Path whole = toLocal(path);
    for (java.nio.file.Path there = whole; there != null; there = there.getParent()) {
      try {
        String real = there.toRealPath().resolve(there.relativize(whole)).toString();
        return new Path(path.toUri().getScheme(), null, real);
      } catch (IOException e) {
        continue; // it does not exist, but its folder may
      }
    }
    return path;
  }

  private static boolean isLocal(Path path) {
    return "file".equals(path.toUri().getScheme());
  }

  private static java.nio.file.Path toLocal(FileStatus entry) {
    return toLocal(entry.getPath());
  }

  private static java.nio.file.Path toLocal(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }
}
