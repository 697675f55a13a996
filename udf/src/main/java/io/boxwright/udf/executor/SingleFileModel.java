package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.PipelineFiles;
import io.boxwright.diffusion.loading.SingleFile;
import io.boxwright.files.FileProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A model whose weights are in one file with their original names. What the file lacks may lie in
 * the folder beside it that has the file's name without {@code .safetensors}, in diffusers' layout:
 * the tokenizer, a component such as {@code vae}, or all configurations with their {@code
 * model_index.json}. Without the latter, configurations come from the file's shapes.
 */
final class SingleFileModel {

  private static final String EXTENSION = ".safetensors";

  private static final String TOKENIZER = "tokenizer";

  /** The files of which a tokenizer has one. */
  private static final List<String> VOCABULARIES = List.of("vocab.json", "tokenizer.json");

  /** The depth of {@code unet/config.json} below a model's folder. */
  private static final int DEPTH = 2;

  private final ModelFolder model;
  private final Path cache;
  private final Configuration hadoop;
  private final Path file;
  private final String place; // the file's path or URI, beside which its folder lies
  private final SingleFile checkpoint;

  /**
   * Finds the file on this host, which may copy it, and reads its header.
   *
   * @throws ModelLoadingException if there is no such file, or it is no checkpoint that can be used
   */
  SingleFileModel(ModelFolder model) {
    this.model = model;
    this.cache = Path.of(model.cache());
    this.hadoop = model.hadoop().value();
    this.file =
        SharedFile.of("model", model.name(), cache, new SerializableConfiguration(hadoop))
            .localize()
            .toAbsolutePath();
    boolean elsewhere = SharedFile.isUri(model.name()) && !Files.exists(Path.of(model.name()));
    this.place = elsewhere ? model.name() : file.normalize().toString();
    if (!Files.isRegularFile(file)) {
      throw failure("there is no such file");
    }
    this.checkpoint = SingleFile.open(file, model.name());
  }

  /** Returns whether a model of that name is a single file. */
  static boolean isName(String name) {
    return name.endsWith(EXTENSION);
  }

  /**
   * Makes a diffusers folder on this host with links to the file and to what belongs to it.
   *
   * @return the folder, the same for each call with the same file and options
   * @throws ModelLoadingException naming what is missing, and where to put it
   */
  Path localize() {
    try {
      LinkedFolder folder = new LinkedFolder();
      linkFolderBeside(folder);
      if (!folder.contains(ModelIndex.FILE_NAME)) {
        checkpoint.makeConfigurations(model.predictionType()).forEach(folder::write);
      }
      linkTokenizer(folder);
      SingleFile.COMPONENTS.stream()
          .filter(component -> !checkpoint.holds(component))
          .forEach(component -> requireComponent(folder, component));
      folder.link(PipelineFiles.SINGLE_FILE, file);
      return folder.make(cache, makeName());
    } catch (UncheckedIOException e) {
      throw failure(FileProblem.of(e.getCause()));
    }
  }

  /** Makes the name: the file's, for people, and an identifier of its path and the options. */
  private String makeName() {
    String key = "%s\n%s\n%s".formatted(file, model.tokenizer(), model.predictionType());
    UUID id = UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8));
    return Path.of(folderBeside()).getFileName() + "-" + id;
  }

  /** Returns the path or URI of the folder with what belongs to the file. */
  private String folderBeside() {
    return place.substring(0, place.length() - EXTENSION.length());
  }

  private void linkFolderBeside(LinkedFolder folder) {
    Optional<Path> beside = find(folderBeside(), this::reads);
    if (beside.isEmpty()) {
      return;
    }
    List<String> paths = list(beside.get(), this::reads);
    boolean whole = paths.contains(ModelIndex.FILE_NAME);
    paths.stream()
        .filter(path -> whole || belongsToAnyModel(path))
        .forEach(path -> folder.link(path, beside.get().resolve(path)));
  }

  /** Returns whether a file in the folder beside this one is read. */
  private boolean reads(String path) {
    return ModelIndex.reads(path)
        && !path.equals(PipelineFiles.SINGLE_FILE) // of the folder's own
        && !(PipelineFiles.isReplacedBySingleFile(path) && checkpoint.holds(parent(path)));
  }

  /** Returns whether a file is read from a folder without {@code model_index.json}, too. */
  private boolean belongsToAnyModel(String path) {
    String part = parent(path);
    return path.equals("layout_guidance.json")
        || part.equals(TOKENIZER)
        || SingleFile.COMPONENTS.contains(part) && !checkpoint.holds(part);
  }

  private static String parent(String path) {
    return path.contains("/") ? path.substring(0, path.indexOf('/')) : "";
  }

  private void linkTokenizer(LinkedFolder folder) {
    if (model.tokenizer() != null) {
      folder.removeFolder(TOKENIZER);
      if (!linkTokenizer(folder, model.tokenizer())) {
        throw new ModelLoadingException(
            "Cannot read the tokenizer %s: there is no folder with vocab.json and merges.txt, or tokenizer.json"
                .formatted(model.tokenizer()));
      }
    }
    boolean there =
        VOCABULARIES.stream().anyMatch(name -> folder.contains(TOKENIZER + "/" + name))
            || linkTokenizer(folder, place.replaceFirst("[^/]*$", TOKENIZER));
    if (!there) {
      throw failure(
          "a checkpoint holds no vocabulary; give the folder with vocab.json and merges.txt of its base model as --tokenizer, or put it beside the file as %s/%s"
              .formatted(folderBeside(), TOKENIZER));
    }
  }

  private boolean linkTokenizer(LinkedFolder folder, String name) {
    Predicate<String> reads = path -> ModelIndex.reads(TOKENIZER + "/" + path);
    Optional<Path> tokenizer = find(name, reads);
    if (tokenizer.isEmpty()) {
      return false;
    }
    List<String> paths = list(tokenizer.get(), reads);
    paths.forEach(path -> folder.link(TOKENIZER + "/" + path, tokenizer.get().resolve(path)));
    return paths.stream().anyMatch(VOCABULARIES::contains);
  }

  private void requireComponent(LinkedFolder folder, String component) {
    boolean weights =
        folder
            .paths()
            .anyMatch(
                path ->
                    parent(path).equals(component) && PipelineFiles.isReplacedBySingleFile(path));
    if (!weights || !folder.contains(component + "/config.json")) {
      throw failure(
          "it holds no weights of the %1$s; put the %1$s of its base model, config.json and weights in safetensors, into the folder %2$s/%1$s"
              .formatted(component, folderBeside()));
    }
  }

  private Optional<Path> find(String folder, Predicate<String> reads) {
    return new SharedFolder(folder, cache, hadoop).localize(reads);
  }

  private static List<String> list(Path folder, Predicate<String> reads) {
    try (Stream<Path> files = Files.walk(folder, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      return files.map(path -> folder.relativize(path).toString()).filter(reads).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ModelLoadingException failure(String problem) {
    return new ModelLoadingException(
        "Cannot load a model from %s: %s".formatted(model.name(), problem));
  }
}
