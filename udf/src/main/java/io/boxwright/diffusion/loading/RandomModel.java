package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Architectures without weights, to be filled with random ones: for speed, which does not depend on
 * what a network knows. Their folders hold the configurations, inside the jar, and the tokenizer of
 * {@link BuiltInModel}, whose vocabulary is a small part of CLIP's; a prompt costs the same with
 * any.
 */
public enum RandomModel {
  /** Stable Diffusion 1.x in small, with 128x128 images: runs in a second. */
  TINY,
  /** Stable Diffusion 1.5, from its published configurations: 512x512 images. */
  SD15,
  /** Stable Diffusion 2.1, from its published configurations: 768x768 images, v-prediction. */
  SD21;

  /** What names of random models begin with. */
  private static final String PREFIX = "random:";

  private static final List<String> CONFIGURATIONS =
      List.of(
          "model_index.json",
          "scheduler/scheduler_config.json",
          "text_encoder/config.json",
          "unet/config.json",
          "vae/config.json");

  /** Whether a name, such as {@code random:sd15}, is of a random model, be there one or not. */
  public static boolean isName(String name) {
    return name.startsWith(PREFIX);
  }

  /**
   * The random model that a name such as {@code random:sd15} stands for; none if it is the name of
   * another kind of model.
   *
   * @throws ModelLoadingException if it begins with {@code random:}, but there is no such model
   */
  public static Optional<RandomModel> named(String name) {
    if (!isName(name)) {
      return Optional.empty();
    }
    return Optional.of(
        Arrays.stream(values())
            .filter(model -> name.equals(model.toString()))
            .findFirst()
            .orElseThrow(() -> unknown(name)));
  }

  private static ModelLoadingException unknown(String name) {
    String known = Arrays.stream(values()).map(Enum::toString).collect(Collectors.joining(", "));
    return new ModelLoadingException("There is no model %s; there are %s".formatted(name, known));
  }

  /**
   * Its folder on this host, unpacked now if it is not there yet.
   *
   * @throws ModelLoadingException if it cannot be unpacked
   */
  public Path folder(ModelCache cache) {
    Stream<ModelFile> configurations =
        CONFIGURATIONS.stream().map(path -> ModelFile.inJar("random/" + shortName(), path));
    return cache.folder(
        toString(), Stream.concat(configurations, BuiltInModel.tokenizer()).toList());
  }

  /** Its name, such as {@code random:sd15}. */
  @Override
  public String toString() {
    return PREFIX + shortName();
  }

  private String shortName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
