package io.boxwright.job.output;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/** What makes a chunk's file count. */
public enum CommitMode {
  /** Its name: files are written elsewhere and renamed when they are whole. */
  RENAME,
  /** The manifest: files are written under names of their own, and the driver lists what counts. */
  MANIFEST;

  /** Schemes of file systems whose rename is one step, as Hadoop's specification demands. */
  private static final Set<String> ATOMIC_RENAME =
      Set.of("file", "hdfs", "webhdfs", "viewfs", "ofs", "o3fs", "abfs", "abfss");

  /** The mode for a file system: {@link #RENAME} only where rename is known to be one step. */
  public static CommitMode of(URI fileSystem) {
    String scheme = fileSystem.getScheme();
    return scheme != null && ATOMIC_RENAME.contains(scheme) ? RENAME : MANIFEST;
  }

  /** As options spell it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
