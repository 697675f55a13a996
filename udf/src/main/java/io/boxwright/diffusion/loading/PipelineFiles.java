package io.boxwright.diffusion.loading;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Which files of a diffusers folder a pipeline reads: no README, no other variants. */
public final class PipelineFiles {

  private static final List<String> CONFIGURATIONS =
      List.of(
          ModelIndex.FILE_NAME,
          "scheduler/scheduler_config.json",
          "text_encoder/config.json",
          "unet/config.json",
          "vae/config.json");

  private static final List<String> VOCABULARY =
      List.of("tokenizer/vocab.json", "tokenizer/merges.txt");

  private static final String WHOLE_TOKENIZER = "tokenizer/tokenizer.json";

  /** Read where they are there. */
  private static final List<String> OPTIONAL =
      List.of(
          "layout_guidance.json",
          "tokenizer/tokenizer_config.json",
          "tokenizer/special_tokens_map.json");

  /** What the weights of each part are called. */
  private static final Map<String, String> WEIGHTS =
      new TreeMap<>(
          Map.of(
              "text_encoder", "model",
              "unet", "diffusion_pytorch_model",
              "vae", "diffusion_pytorch_model"));

  private PipelineFiles() {}

  /**
   * The paths of the files, relative to the folder.
   *
   * @param variant which weight files, such as {@code fp16}; null for the plain ones
   * @throws ModelLoadingException if the folder is none of diffusers, or weights are missing
   */
  public static List<String> of(Path folder, String variant) {
    ModelIndex.open(folder);
    boolean whole = Files.exists(folder.resolve(WHOLE_TOKENIZER));
    List<String> files = new ArrayList<>(CONFIGURATIONS);
    files.addAll(whole ? List.of(WHOLE_TOKENIZER) : VOCABULARY);
    OPTIONAL.stream().filter(file -> Files.exists(folder.resolve(file))).forEach(files::add);
    WEIGHTS.forEach((part, name) -> weights(folder, part, name, variant).forEach(files::add));
    return files;
  }

  private static Stream<String> weights(Path folder, String part, String name, String variant) {
    WeightFiles weights = new WeightFiles(part, folder.resolve(part), name);
    return weights.names(variant).stream().map(file -> part + "/" + file);
  }
}
