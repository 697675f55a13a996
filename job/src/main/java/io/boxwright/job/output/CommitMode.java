package io.boxwright.job.output;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/** The way in which a chunk's file comes to count. */
public enum CommitMode {
  /** By its name: files are written elsewhere and renamed when they are whole. */
  RENAME,
  /**
   * By the manifest: files are written under unique names, and the driver lists those that count.
   */
  MANIFEST;

  /** The schemes of file systems that rename in one step, as Hadoop's specification demands. */
  private static final Set<String> ATOMIC_RENAME =
      Set.of("file", "hdfs", "webhdfs", "viewfs", "ofs", "o3fs", "abfs", "abfss");

  /**
   * Returns the mode for a file system: {@link #RENAME} only where rename is known to be one step.
   */
  public static CommitMode of(URI fileSystem) {
    String scheme = fileSystem.getScheme();
    return scheme != null && ATOMIC_RENAME.contains(scheme) ? RENAME : MANIFEST;
  }

  /** Returns the spelling that options use, in small letters. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
