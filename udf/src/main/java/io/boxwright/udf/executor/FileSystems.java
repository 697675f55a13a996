package io.boxwright.udf.executor;

import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.VersionInfo;

/** Hadoop's file systems by the names that people use. */
public final class FileSystems {

  /** Modules of Hadoop that Spark does not include, by scheme. */
  private static final Map<String, String> MODULES =
      Map.of(
          "s3a", "hadoop-aws",
          "abfs", "hadoop-azure",
          "abfss", "hadoop-azure",
          "wasb", "hadoop-azure",
          "wasbs", "hadoop-azure",
          "oss", "hadoop-aliyun");

  /** Schemes whose file system in Hadoop lists no folders and knows no sizes. */
  private static final Set<String> WEB = Set.of("http", "https");

  private static final Set<String> OLD_S3 = Set.of("s3", "s3n");

  private FileSystems() {}

  /**
   * Returns the file system of a path.
   *
   * @throws UnsupportedFileSystemException saying what to do, if there is none for its scheme
   * @throws IOException if it cannot be reached
   */
  public static FileSystem of(Path path, Configuration configuration) throws IOException {
    String scheme = path.toUri().getScheme();
    if (scheme != null && WEB.contains(scheme)) {
      throw new UnsupportedFileSystemException(
          "Boxwright does not read %s addresses; download it first".formatted(scheme));
    }
    try {
      return path.getFileSystem(configuration);
    } catch (UnsupportedFileSystemException e) {
      throw explainUnsupported(path, configuration, e);
    } catch (RuntimeException e) {
      if (e.getCause() instanceof ClassNotFoundException) {
        throw explainUnsupported(path, configuration, e);
      }
      if (e.getCause() instanceof UnknownHostException) {
        throw new IOException("there is no host %s".formatted(e.getCause().getMessage()), e);
      }
      throw e;
    } catch (LinkageError e) { // a jar for another Hadoop, or without the jars that it needs
      throw explainUnsupported(path, configuration, e);
    }
  }

  private static UnsupportedFileSystemException explainUnsupported(
      Path path, Configuration configuration, Throwable cause) {
    String scheme = path.toUri().getScheme();
    String name = scheme == null ? FileSystem.getDefaultUri(configuration).getScheme() : scheme;
    var exception =
        new UnsupportedFileSystemException(
            "Spark has no file system for %s:// paths here; %s"
                .formatted(name, describeRemedy(name)));
    exception.initCause(cause);
    return exception;
  }

  private static String describeRemedy(String scheme) {
    if (OLD_S3.contains(scheme)) {
      return "write s3a:// instead";
    }
    String module = MODULES.get(scheme);
    return module == null
        ? "give the jar that has it before the command: --jars FILE, or --packages GROUP:NAME:VERSION"
        : "give it before the command: --packages org.apache.hadoop:%s:%s"
            .formatted(module, VersionInfo.getVersion());
  }
}
