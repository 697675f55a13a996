package io.boxwright.job.input;

import java.net.URI;
import java.util.Locale;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A path without links, so that different names of the same place are equal. Names of file systems
 * compare by scheme and host.
 *
 * @param fileSystem the scheme and host of the file system
 * @param path the path from the root of the file system on
 */
public record ResolvedPath(String fileSystem, String path) {

  /**
   * Resolves a path, which need not exist.
   *
   * @param fileSystem the file system that the path belongs to
   */
  public static ResolvedPath of(FileSystem fileSystem, Path path) {
    URI uri = LocalFiles.follow(fileSystem.makeQualified(path)).toUri();
    String host = uri.getHost() == null ? uri.getAuthority() : uri.getHost();
    return new ResolvedPath(
        "%s://%s".formatted(uri.getScheme(), host).toLowerCase(Locale.ROOT), uri.getPath());
  }

  /** Returns whether another path is this one or lies below it. */
  public boolean holds(ResolvedPath other) {
    String folder = path.endsWith("/") ? path : path + "/";
    return fileSystem.equals(other.fileSystem) && (other.path + "/").startsWith(folder);
  }
}
