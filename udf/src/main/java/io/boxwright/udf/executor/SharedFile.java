package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.loading.ModelFile;
import io.boxwright.diffusion.loading.ModelHashes;
import io.boxwright.diffusion.loading.ModelLoadingException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A file of weights by the name that a person gave it, found in the same way on driver and
 * executors: a file that is on the host under that path; a Hadoop URI, which is copied once to each
 * host, see {@link ModelCache}; or a file that Spark distributed with {@code --files}.
 *
 * @param kind what it is, for messages, such as {@code LoRA}
 * @param name the name that the person gave
 * @param cache the folder for copies on each host
 * @param hadoop the settings of file systems
 */
public record SharedFile(String kind, String name, String cache, SerializableConfiguration hadoop)
    implements Serializable {

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public SharedFile {
    if (name.isBlank()) {
      throw new IllegalArgumentException("Invalid %s: its name is empty".formatted(kind));
    }
  }

  /**
   * Makes a file with file systems by Hadoop's settings. Files of one task should share the object,
   * because it is sent to executors once, and is large.
   */
  public static SharedFile of(
      String kind, String name, Path cache, SerializableConfiguration hadoop) {
    return new SharedFile(kind, name, cache.toString(), hadoop);
  }

  /**
   * Finds the file on this host. A name under which nothing is found is returned as a path, so that
   * reading it says what is missing.
   *
   * @throws ModelLoadingException naming the file, if it cannot be copied
   */
  public Path localize() {
    Path file = path();
    if (Files.exists(file)) {
      return file;
    }
    if (isUri(name)) {
      return copy();
    }
    if (SparkEnv.get() != null && Files.exists(Path.of(SparkFiles.get(name)))) {
      return Path.of(SparkFiles.get(name));
    }
    return file;
  }

  /** Returns whether a name is a Hadoop URI with an absolute path, such as {@code hdfs:///sd}. */
  static boolean isUri(String name) {
    return name.matches("[A-Za-z][A-Za-z0-9+.-]+:/.*");
  }

  /** Describes a file of a Hadoop file system by its path in the model. */
  static ModelFile modelFile(FileSystem fileSystem, String path, FileStatus file) {
    String written = String.valueOf(file.getModificationTime());
    return new ModelFile(path, file.getLen(), written, () -> fileSystem.open(file.getPath()));
  }

  private Path path() {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw failure("no file has such a name", e);
    }
  }

  private Path copy() {
    try {
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(name);
      FileSystem fileSystem = FileSystems.of(path, hadoop.value());
      ModelFile file = modelFile(fileSystem, path.getName(), fileSystem.getFileStatus(path));
      return new ModelCache(Path.of(cache)).folder(name, List.of(file)).resolve(path.getName());
    } catch (IOException | IllegalArgumentException e) { // the latter for unknown hosts
      throw failure(e.getMessage(), e);
    }
  }

  /**
   * Hashes the file on this host.
   *
   * @throws ModelLoadingException naming the file that cannot be read
   */
  HashedFolder hash() {
    Path file = localize();
    if (!Files.isRegularFile(file)) {
      throw failure("there is no such file", null);
    }
    Path folder = file.toAbsolutePath().getParent();
    return new ModelHashes(Path.of(cache)).hash(folder, List.of(file.getFileName().toString()));
  }

  private ModelLoadingException failure(String problem, Exception cause) {
    return new ModelLoadingException(
        "Cannot read the %s %s: %s".formatted(kind, name, problem), cause);
  }
}
