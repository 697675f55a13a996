package io.boxwright.job.input;

import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Names of files and folders as people write them. */
public final class PathNames {

  private static final String LOCAL = "file";

  private PathNames() {}

  /**
   * Reads the name of a file or folder, which need not exist. If names without a scheme are local,
   * several slashes at the beginning count as one, as everywhere on this machine.
   *
   * @param configuration the settings of the file system of names without a scheme
   * @param name a path, or a URI such as {@code hdfs://host/path}; no pattern
   * @throws IllegalArgumentException saying what is wrong with the name, and what to write instead
   */
  public static Path parse(Configuration configuration, String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("it is empty; give the name of a file or folder");
    }
    Path path;
    try {
      path = new Path(isLocalByDefault(configuration) ? name.replaceFirst("^//+", "/") : name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a colon ends the name of a file system, and a whole path follows it, as in"
              + " hdfs://host/path; write a local name that has a colon as a path from / on",
          e);
    }
    URI uri = path.toUri();
    if (LOCAL.equals(uri.getScheme()) && uri.getAuthority() != null) {
      throw new IllegalArgumentException(
          "local paths have no host; write file:///%s%s"
              .formatted(uri.getAuthority(), uri.getPath()));
    }
    return path;
  }

  private static boolean isLocalByDefault(Configuration configuration) {
    return LOCAL.equals(FileSystem.getDefaultUri(configuration).getScheme());
  }
}
