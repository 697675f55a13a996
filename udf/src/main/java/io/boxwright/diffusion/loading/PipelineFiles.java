package io.boxwright.diffusion.loading;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of a diffusers folder that a pipeline reads: no README, no other variants. */
public final class PipelineFiles {

  /**
   * The name of the file in a model's folder that holds the weights of UNet, VAE and text encoder
   * under their original names, if their own folders hold none.
   */
  public static final String SINGLE_FILE = "checkpoint.safetensors";

  private static final String SCHEDULER = "scheduler/scheduler_config.json";

  private static final String CONFIG = "/config.json";

  private static final List<String> VOCABULARY =
      List.of("tokenizer/vocab.json", "tokenizer/merges.txt");

  private static final String WHOLE_TOKENIZER = "tokenizer/tokenizer.json";

  /** The files that are read if they exist. */
  private static final List<String> OPTIONAL =
      List.of(
          "layout_guidance.json",
          "feature_extractor/preprocessor_config.json",
          "tokenizer/tokenizer_config.json",
          "tokenizer/special_tokens_map.json");

  private static final Pattern REPLACED =
      Pattern.compile("(unet|vae|text_encoder)/.*\\.safetensors(\\.index.*)?");

  private PipelineFiles() {}

  /**
   * Returns whether a file holds weights, or an index of weights, that a single file has, too.
   *
   * @param path the path relative to the folder, such as {@code unet/config.json}
   */
  public static boolean isReplacedBySingleFile(String path) {
    return REPLACED.matcher(path).matches();
  }

  /**
   * Returns the paths of the files, relative to the folder.
   *
   * @param variant the variant of the weights, such as {@code fp16}; null for the plain ones
   * @throws ModelLoadingException if the folder is not a diffusers folder, or weights are missing
   */
  public static List<String> of(Path folder, String variant) {
    List<PipelineFamily.Part> parts = listParts(ModelIndex.open(folder), variant);
    boolean whole = Files.exists(folder.resolve(WHOLE_TOKENIZER));
    List<String> files = new ArrayList<>(List.of(ModelIndex.FILE_NAME, SCHEDULER));
    parts.stream().filter(PipelineFiles::isNetwork).forEach(p -> files.add(p.name() + CONFIG));
    files.addAll(whole ? List.of(WHOLE_TOKENIZER) : VOCABULARY);
    OPTIONAL.stream().filter(file -> Files.exists(folder.resolve(file))).forEach(files::add);
    parts.stream()
        .filter(PipelineFiles::isNetwork)
        .flatMap(part -> listWeights(folder, part, variant))
        .distinct()
        .forEach(files::add);
    return files;
  }

  /** Lists the parts that every folder has, and the optional ones whose files are there. */
  private static List<PipelineFamily.Part> listParts(ModelIndex index, String variant) {
    Stream<PipelineFamily.Part> optional =
        index.family().optionalParts().stream()
            .filter(part -> index.parts().containsKey(part.name()) && isNetwork(part))
            .filter(part -> openWeights(index.folder(), part).exist(variant));
    return Stream.concat(index.family().parts().stream(), optional).toList();
  }

  private static boolean isNetwork(PipelineFamily.Part part) {
    return part.weights() != null;
  }

  private static WeightFiles openWeights(Path folder, PipelineFamily.Part part) {
    return new WeightFiles(part.name(), folder.resolve(part.name()), part.weights());
  }

  private static Stream<String> listWeights(Path folder, PipelineFamily.Part part, String variant) {
    return openWeights(folder, part).listNames(variant).stream()
        .map(file -> Path.of(part.name(), file).normalize().toString());
  }
}
