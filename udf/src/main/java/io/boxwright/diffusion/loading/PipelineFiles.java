package io.boxwright.diffusion.loading;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files of a diffusers folder that a pipeline reads: no README, no other variants. */
public final class PipelineFiles {

  private static final String SCHEDULER = "scheduler/scheduler_config.json";

  private static final String CONFIG = "/config.json";

  private static final List<String> VOCABULARY =
      List.of("tokenizer/vocab.json", "tokenizer/merges.txt");

  private static final String WHOLE_TOKENIZER = "tokenizer/tokenizer.json";

  /** The files that are read if they exist. */
  private static final List<String> OPTIONAL =
      List.of(
          "layout_guidance.json",
          "tokenizer/tokenizer_config.json",
          "tokenizer/special_tokens_map.json");

  private PipelineFiles() {}

  /**
   * Returns the paths of the files, relative to the folder.
   *
   * @param variant the variant of the weights, such as {@code fp16}; null for the plain ones
   * @throws ModelLoadingException if the folder is not a diffusers folder, or weights are missing
   */
  public static List<String> of(Path folder, String variant) {
    List<PipelineFamily.Part> parts = ModelIndex.open(folder).family().parts();
    boolean whole = Files.exists(folder.resolve(WHOLE_TOKENIZER));
    List<String> files = new ArrayList<>(List.of(ModelIndex.FILE_NAME, SCHEDULER));
    parts.stream().filter(PipelineFiles::isNetwork).forEach(p -> files.add(p.name() + CONFIG));
    files.addAll(whole ? List.of(WHOLE_TOKENIZER) : VOCABULARY);
    OPTIONAL.stream().filter(file -> Files.exists(folder.resolve(file))).forEach(files::add);
    parts.stream()
        .filter(PipelineFiles::isNetwork)
        .flatMap(part -> listWeights(folder, part.name(), part.weights(), variant))
        .forEach(files::add);
    return files;
  }

  private static boolean isNetwork(PipelineFamily.Part part) {
    return part.weights() != null;
  }

  private static Stream<String> listWeights(Path folder, String part, String name, String variant) {
    WeightFiles weights = new WeightFiles(part, folder.resolve(part), name);
    return weights.listNames(variant).stream().map(file -> part + "/" + file);
  }
}
