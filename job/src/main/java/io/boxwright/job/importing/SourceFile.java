package io.boxwright.job.importing;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.LocalFiles;
import io.boxwright.job.input.PathNames;
import io.boxwright.udf.executor.FileSystems;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A file that is imported, on any file system. */
public final class SourceFile {

  private final Configuration configuration;
  private final Path path;

  private SourceFile(Configuration configuration, Path path) {
    this.configuration = configuration;
    this.path = path;
  }

  /**
   * Finds a file.
   *
   * @param name a path or a URI such as {@code hdfs://host/path}
   * @throws InvalidInputException if it is not the name of a file, or there is none
   * @throws IOException if the file system fails
   */
  public static SourceFile find(Configuration configuration, String name) throws IOException {
    Path path;
    try {
      path = PathNames.parse(configuration, name);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("Cannot read '%s': %s".formatted(name, e.getMessage()), e);
    }
    FileSystem fileSystem = FileSystems.of(path, configuration);
    try {
      FileStatus status = fileSystem.getFileStatus(fileSystem.makeQualified(path));
      if (!LocalFiles.isRegular(status)) {
        throw new InvalidInputException("Cannot read %s: it is not a file".formatted(name));
      }
    } catch (FileNotFoundException e) {
      throw new InvalidInputException("Cannot read %s: there is no such file".formatted(name), e);
    }
    return new SourceFile(configuration, path);
  }

  /** Returns the name without its folders, for messages. */
  public String name() {
    return path.getName();
  }

  /** Returns the name without its folders and without its last ending. */
  String stem() {
    return name().replaceFirst("(?<=.)\\.[^.]*$", "");
  }

  Path path() {
    return path;
  }

  Configuration configuration() {
    return configuration;
  }

  /** Opens the file; the caller closes the stream. */
  InputStream open() throws IOException {
    return FileSystems.of(path, configuration).open(path);
  }
}
