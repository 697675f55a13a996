package io.boxwright.job.input;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * All files in a folder and below. Names that begin with {@code .} or {@code _} are hidden, as in
 * Spark. Links are followed, but not back to a folder that they are in.
 */
final class FolderFiles {

  private final FileSystem fileSystem;
  private final List<FileStatus> files = new ArrayList<>();
  private final List<Path> others = new ArrayList<>();
  private final Deque<Path> above = new ArrayDeque<>();

  private FolderFiles(FileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /**
   * Lists a folder.
   *
   * @param folder the folder, as a qualified path
   * @throws IOException if the file system fails
   */
  static FolderFiles list(FileSystem fileSystem, Path folder) throws IOException {
    FolderFiles found = new FolderFiles(fileSystem);
    found.add(folder);
    return found;
  }

  /** Returns the files that can be read. */
  List<FileStatus> files() {
    return files;
  }

  /** Returns the other entries that are not hidden: pipes, devices, broken links and links back. */
  List<Path> others() {
    return others;
  }

  private void add(Path folder) throws IOException {
    Path real = LocalFiles.follow(folder);
    if (above.contains(real)) {
      others.add(folder);
      return;
    }
    above.push(real);
    FileStatus[] entries = fileSystem.listStatus(folder);
    for (FileStatus entry : entries) {
      if (!isHidden(entry.getPath().getName())) {
        add(entry);
      }
    }
    LocalFiles.findBrokenLinks(folder, entries).stream()
        .filter(name -> !isHidden(name))
        .forEach(name -> others.add(new Path(folder, new Path(null, null, name))));
    above.pop();
  }

  private void add(FileStatus entry) throws IOException {
    if (entry.isDirectory()) {
      add(entry.getPath());
    } else if (LocalFiles.isRegular(entry)) {
      files.add(entry);
    } else {
      others.add(entry.getPath());
    }
  }

  /** Returns whether a name is hidden. Folders of partitions are not, whatever they begin with. */
  private static boolean isHidden(String name) {
    return name.startsWith(".") || (name.startsWith("_") && !name.contains("="));
  }
}
