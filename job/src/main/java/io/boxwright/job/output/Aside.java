package io.boxwright.job.output;

import java.io.IOException;
import java.util.UUID;

/**
 * The folder {@code _aside} in an output folder, for files that have a chunk's name but are not
 * that chunk.
 */
public final class Aside {

  private final RunFolder folder;

  /** Makes a view of this folder in an output folder; it need not exist. */
  public Aside(RunFolder folder) {
    this.folder = folder;
  }

  /** Returns the path of this folder. */
  public String path() {
    return folder.resolve(RunFolder.ASIDE).toString();
  }

  /**
   * Moves a file or folder from {@code images} to this folder.
   *
   * @param name its name in {@code images}
   * @return its new path, relative to the output folder
   */
  public String put(String name) {
    String image = RunFolder.IMAGES + "/" + name;
    String aside =
        RunFolder.ASIDE + "/" + name + "." + UUID.randomUUID().toString().substring(0, 8);
    synchronized (folder) {
      folder.checkFence();
      try {
        folder.fileSystem().mkdirs(folder.resolve(RunFolder.ASIDE));
        WholeFiles.require(
            folder.fileSystem().rename(folder.resolve(image), folder.resolve(aside)),
            "the file system refuses to rename it");
        return aside;
      } catch (IOException e) {
        throw folder.failed("put aside", image, e);
      }
    }
  }
}
