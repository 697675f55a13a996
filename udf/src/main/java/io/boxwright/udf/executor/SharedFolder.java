package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.loading.ModelFile;
import io.boxwright.diffusion.loading.ModelLoadingException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;

/**
 * A folder by the name that a person gave it, found in the same way on driver and executors: on the
 * host under that path; a Hadoop URI, which is copied once to each host, see {@link ModelCache}; or
 * a folder that Spark unpacked, such as {@code model} after {@code --archives model.tar.gz#model}.
 *
 * @param name the name that the person gave
 * @param cache the folder for copies on each host
 * @param hadoop the settings of file systems
 */
record SharedFolder(String name, Path cache, Configuration hadoop) {

  /**
   * Finds the folder on this host.
   *
   * @param reads the files that are copied from elsewhere, by their paths in the folder
   * @return the folder; nothing if there is none of that name, or elsewhere none of those files
   * @throws ModelLoadingException naming the folder, if it cannot be copied
   */
  Optional<Path> localize(Predicate<String> reads) {
    if (isOnHost()) {
      return Optional.of(Path.of(name));
    }
    if (SharedFile.isUri(name)) {
      return copy(reads);
    }
    return Optional.ofNullable(SparkEnv.get())
        .map(running -> Path.of(SparkFiles.get(name)))
        .filter(Files::isDirectory);
  }

  private boolean isOnHost() {
    try {
      return Files.isDirectory(Path.of(name));
    } catch (InvalidPathException e) {
      return false; // a URI may be no path
    }
  }

  private Optional<Path> copy(Predicate<String> reads) {
    try {
      List<ModelFile> files = list(reads);
      return files.isEmpty()
          ? Optional.empty()
          : Optional.of(new ModelCache(cache).folder(name, files));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) { // the latter for unknown hosts
      throw new ModelLoadingException("Cannot read %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  /**
   * Lists files of a Hadoop URI, in the order of their paths.
   *
   * @param reads the files that are wanted, by their paths in the folder
   * @throws IOException if the folder cannot be listed
   */
  List<ModelFile> list(Predicate<String> reads) throws IOException {
    org.apache.hadoop.fs.Path folder = new org.apache.hadoop.fs.Path(name);
    FileSystem fileSystem = FileSystems.of(folder, hadoop);
    URI root = fileSystem.makeQualified(folder).toUri();
    List<ModelFile> files = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> listing = fileSystem.listFiles(folder, true);
    while (listing.hasNext()) {
      LocatedFileStatus file = listing.next();
      String path = root.relativize(file.getPath().toUri()).getPath();
      if (reads.test(path)) {
        files.add(SharedFile.modelFile(fileSystem, path, file));
      }
    }
    files.sort(Comparator.comparing(ModelFile::path));
    return files;
  }
}
