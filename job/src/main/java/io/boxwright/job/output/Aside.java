package io.boxwright.job.output;

import java.io.IOException;
import java.util.UUID;

/** The folder {@code _aside} in an output folder: what lay in the place of a chunk, and is none. */
public final class Aside {

  private final RunFolder folder;

  /** That of an output folder; it need not exist. */
  public Aside(RunFolder folder) {
    this.folder = folder;
  }

  /** Where it is. */
  public String path() {
    return folder.resolve(RunFolder.ASIDE).toString();
  }

  /**
   * Moves what lies in {@code images} to this folder.
   *
   * @return where it is then, below the output folder
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
