package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The architectures that are filled with random weights to measure speed, which does not depend on
 * what a network knows. Their folders hold configurations from the jar and the tokenizer of {@link
 * BuiltInModel}. Its vocabulary is a small part of CLIP's, but a prompt costs the same with any
 * vocabulary.
 */
public enum RandomModel {
  /** A small Stable Diffusion 1.x with 128x128 images, which runs in a second. */
  TINY,
  /** Stable Diffusion 1.5, from its published configurations: 512x512 images. */
  SD15,
  /** Stable Diffusion 2.1, from its published configurations: 768x768 images, v-prediction. */
  SD21;

  /** The beginning of the names of random models. */
  private static final String PREFIX = "random:";

  private static final List<String> CONFIGURATIONS =
      List.of(
          "model_index.json",
          "scheduler/scheduler_config.json",
          "text_encoder/config.json",
          "unet/config.json",
          "vae/config.json");

  /**
   * Returns whether a name, such as {@code random:sd15}, is of a random model, which need not
   * exist.
   */
  public static boolean isName(String name) {
    return name.startsWith(PREFIX);
  }

  /**
   * Returns the random model that a name such as {@code random:sd15} stands for, or nothing if it
   * is the name of another kind of model.
   *
   * @throws ModelLoadingException if the name begins with {@code random:}, but there is no such
   *     model
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
   * Returns its folder on this host, and unpacks it first if necessary.
   *
   * @throws ModelLoadingException if it cannot be unpacked
   */
  public Path folder(ModelCache cache) {
    Stream<ModelFile> configurations =
        CONFIGURATIONS.stream().map(path -> ModelFile.inJar("random/" + shortName(), path));
    return cache.folder(
        toString(), Stream.concat(configurations, BuiltInModel.tokenizerFiles()).toList());
  }

  /** Returns its name, such as {@code random:sd15}. */
  @Override
  public String toString() {
    return PREFIX + shortName();
  }

  private String shortName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
