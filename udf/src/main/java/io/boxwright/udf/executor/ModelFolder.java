package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.BuiltInModel;
import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.loading.ModelFile;
import io.boxwright.diffusion.loading.ModelHashes;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.RandomModel;
import io.boxwright.text.Printable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
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
 *   <li>a file {@code NAME.safetensors} with original names: on the host, as a Hadoop URI, or as
 *       Spark distributed it, see {@link SingleFileModel};
 *   <li>a Hadoop URI, which is anything with a scheme, such as {@code hdfs:///models/sd}: copied
 *       once to each host, see {@link ModelCache};
 *   <li>a folder that Spark unpacked, such as {@code model} after {@code --archives
 *       model.tar.gz#model}.
 * </ol>
 *
 * @param name the name that the person gave
 * @param tokenizer the folder of a single file's tokenizer, a path or a Hadoop URI; null for the
 *     one beside the file
 * @param predictionType what the UNet of a single file predicts, such as {@code v_prediction}; null
 *     to find it
 * @param cache the folder for copies on each host
 * @param hadoop the settings of file systems
 */
public record ModelFolder(
    String name,
    String tokenizer,
    String predictionType,
    String cache,
    SerializableConfiguration hadoop)
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
    return new ModelFolder(
        name, null, null, cache.toString(), new SerializableConfiguration(hadoop));
  }

  /** Returns the same model with the tokenizer of a folder. */
  public ModelFolder withTokenizer(String folder) {
    return new ModelFolder(name, folder, predictionType, cache, hadoop);
  }

  /** Returns the same model with a prediction type. */
  public ModelFolder withPredictionType(String type) {
    return new ModelFolder(name, tokenizer, type, cache, hadoop);
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
    Path folder = path();
    if (!Files.isDirectory(folder)) {
      ModelIndex.refusePickled(name);
    }
    requireTokenizerFits(folder);
    if (name.equals(BuiltInModel.NAME)) {
      return BuiltInModel.folder(modelCache());
    }
    if (Files.isDirectory(folder)) {
      return folder;
    }
    if (SingleFileModel.isName(name)) {
      return new SingleFileModel(this).localize();
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

  private void requireTokenizerFits(Path folder) {
    if (tokenizer != null && (!SingleFileModel.isName(name) || Files.isDirectory(folder))) {
      throw new ModelLoadingException(
          "Cannot use the tokenizer %s: model %s has its own; only single files NAME.safetensors take one"
              .formatted(Printable.value(tokenizer), Printable.value(name)));
    }
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

  private List<ModelFile> listRequiredFiles() {
    try {
      List<ModelFile> files =
          new SharedFolder(name, Path.of(cache), hadoop.value()).list(ModelIndex::reads);
      if (files.stream().noneMatch(file -> file.path().equals(ModelIndex.FILE_NAME))) {
        throw new FileNotFoundException("there is no " + ModelIndex.FILE_NAME);
      }
      return files;
    } catch (IOException | IllegalArgumentException e) { // the latter for unknown hosts
      throw new ModelLoadingException("Cannot read %s: %s".formatted(name, e.getMessage()), e);
    }
  }
}
