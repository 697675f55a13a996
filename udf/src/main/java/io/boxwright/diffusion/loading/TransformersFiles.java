package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of a folder that transformers saved a whole model to: no README, no other weights. */
public final class TransformersFiles {

  /** The files that are read if they exist. */
  private static final List<String> OPTIONAL =
      List.of(
          "preprocessor_config.json",
          "processor_config.json",
          "tokenizer.json",
          "vocab.json",
          "merges.txt",
          "tokenizer_config.json",
          "special_tokens_map.json");

  private TransformersFiles() {}

  /** The part of {@code config.json} that says which model it is. */
  private record ModelClass(List<String> architectures) {}

  /**
   * Reads which classes of transformers a folder's model is of.
   *
   * @return {@code architectures} of {@code config.json}; empty if it has none
   * @throws ModelLoadingException if there is no such file, or it cannot be read
   */
  public static List<String> architectures(Path folder) {
    List<String> found =
        JsonConfig.read(folder.resolve("config.json"), ModelClass.class).architectures();
    return found == null ? List.of() : List.copyOf(found);
  }

  /**
   * Returns the paths of the files, relative to the folder.
   *
   * @throws ModelLoadingException if there are no weights
   */
  public static List<String> of(Path folder) {
    List<String> files = new ArrayList<>(List.of("config.json"));
    OPTIONAL.stream()
        .filter(file -> RegularFile.isListed(folder.resolve(file)))
        .forEach(files::add);
    files.addAll(new WeightFiles("model", folder, "model").listNames(null));
    return files;
  }
}
