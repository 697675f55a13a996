package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.BuiltInModel;
import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.loading.ModelFile;
import io.boxwright.diffusion.loading.ModelHashes;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.PipelineFiles;
import io.boxwright.diffusion.loading.RandomModel;
import io.boxwright.text.Printable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import scala.Option;

/**
 * A model by the name that a person gave it, found in the same way on driver and executors. The
 * name is, in this order:
 *
 * <ol>
 *   <li>{@code shapes}: the {@link BuiltInModel};
 *   <li>a folder that is on the host under that path, used as it is;
 *   <li>a file {@code NAME.safetensors} with original names beside a folder {@code NAME} of
 *       configurations: on the host, as a Hadoop URI, or as Spark distributed both;
 *   <li>a Hadoop URI, which is anything with a scheme, such as {@code hdfs:///models/sd}: copied
 *       once to each host, see {@link ModelCache};
 *   <li>a folder that Spark unpacked, such as {@code model} after {@code --archives
 *       model.tar.gz#model}.
 * </ol>
 *
 * @param name the name that the person gave
 * @param cache the folder for copies on each host
 * @param hadoop the settings of file systems
 */
public record ModelFolder(String name, String cache, SerializableConfiguration hadoop)
    implements Serializable {

  /** Makes a model with the file systems of the running session, if there is one. */
  public static ModelFolder of(String name, Path cache) {
    Option<SparkSession> session = SparkSession.getDefaultSession();
    Configuration hadoop =
        session.isDefined()
            ? session.get().sparkContext().hadoopConfiguration()
            : new Configuration();
    return of(name, cache, hadoop);
  }

  /** Makes a model with file systems by Hadoop's settings. */
  public static ModelFolder of(String name, Path cache, Configuration hadoop) {
    return new ModelFolder(name, cache.toString(), new SerializableConfiguration(hadoop));
  }

  /**
   * Finds the folder on this host. A name under which nothing is found is returned as a path, so
   * that opening it says what is missing.
   *
   * @throws ModelLoadingException naming the model, if it cannot be copied or no model can have
   *     that name
   */
  public Path localize() {
    if (name.isBlank()) {
      throw new ModelLoadingException("Cannot read a model: its name is empty");
    }
    if (name.equals(BuiltInModel.NAME)) {
      return BuiltInModel.folder(modelCache());
    }
    Path folder = path();
    if (Files.isDirectory(folder)) {
      return folder;
    }
    if (SingleFileModel.isName(name)) {
      return localizeSingleFile(folder);
    }
    if (RandomModel.isName(name)) {
      throw new ModelLoadingException(
          "Cannot read model %s: only bench has random models".formatted(Printable.value(name)));
    }
    if (isUri()) {
      return modelCache().folder(name, listRequiredFiles());
    }
    return findUnpacked().filter(Files::isDirectory).orElse(folder);
  }

  private Path localizeSingleFile(Path path) {
    if (Files.exists(path) || !isUri()) {
      Path file = Files.exists(path) ? path : findUnpacked().filter(Files::exists).orElse(path);
      return SingleFileModel.link(file, Path.of(cache));
    }
    return modelCache().folder(name, listSingleFile());
  }

  private Path path() {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new ModelLoadingException(
          "Cannot read model %s: no folder has such a name".formatted(Printable.value(name)), e);
    }
  }

  private boolean isUri() {
    try {
      return new org.apache.hadoop.fs.Path(name).toUri().getScheme() != null;
    } catch (IllegalArgumentException e) {
      throw new ModelLoadingException(
          "Cannot read model %s: there is no such folder, and it is not a URI with an absolute path,"
                  .formatted(Printable.value(name))
              + " such as hdfs:///models/sd or file:///models/sd",
          e);
    }
  }

  /**
   * Hashes the files in the folder on this host that a pipeline reads.
   *
   * @param variant the variant of the weight files, such as {@code fp16}; null for the plain ones
   * @throws ModelLoadingException naming the model or the file that cannot be read
   */
  public HashedFolder hash(PipelineLoader loader, String variant) {
    Path folder = localize();
    return new ModelHashes(Path.of(cache)).hash(folder, loader.files(folder, variant));
  }

  private Optional<Path> findUnpacked() {
    return Optional.ofNullable(SparkEnv.get()).map(running -> Path.of(SparkFiles.get(name)));
  }

  private ModelCache modelCache() {
    return new ModelCache(Path.of(cache));
  }

  private List<ModelFile> listSingleFile() {
    String configurations = SingleFileModel.configurations(name);
    try {
      org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(name);
      FileSystem fileSystem = FileSystems.of(file, hadoop.value());
      FileStatus status = fileSystem.getFileStatus(file);
      if (!fileSystem.exists(new org.apache.hadoop.fs.Path(configurations, ModelIndex.FILE_NAME))) {
        throw SingleFileModel.noConfigurations(name, configurations);
      }
      List<ModelFile> files = new ArrayList<>(listFiles(configurations));
      files.removeIf(configuration -> !SingleFileModel.reads(configuration.path()));
      files.add(modelFile(fileSystem, PipelineFiles.SINGLE_FILE, status));
      return files;
    } catch (IOException | IllegalArgumentException e) { // the latter for unknown hosts
      throw new ModelLoadingException("Cannot read %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  private List<ModelFile> listRequiredFiles() {
    try {
      List<ModelFile> files = listFiles(name);
      if (files.stream().noneMatch(file -> file.path().equals(ModelIndex.FILE_NAME))) {
        throw new FileNotFoundException("there is no " + ModelIndex.FILE_NAME);
      }
      return files;
    } catch (IOException | IllegalArgumentException e) { // the latter for unknown hosts
      throw new ModelLoadingException("Cannot read %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  private List<ModelFile> listFiles(String source) throws IOException {
    org.apache.hadoop.fs.Path folder = new org.apache.hadoop.fs.Path(source);
    FileSystem fileSystem = FileSystems.of(folder, hadoop.value());
    URI root = fileSystem.makeQualified(folder).toUri();
    List<ModelFile> files = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> listing = fileSystem.listFiles(folder, true);
    while (listing.hasNext()) {
      LocatedFileStatus file = listing.next();
      String path = root.relativize(file.getPath().toUri()).getPath();
      if (ModelIndex.reads(path)) {
        files.add(modelFile(fileSystem, path, file));
      }
    }
    files.sort(Comparator.comparing(ModelFile::path));
    return files;
  }

  /** Describes a file of a Hadoop file system by its path in the model. */
  static ModelFile modelFile(FileSystem fileSystem, String path, FileStatus file) {
    String written = String.valueOf(file.getModificationTime());
    return new ModelFile(path, file.getLen(), written, () -> fileSystem.open(file.getPath()));
  }
}
