package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The architectures of detectors and scorers that are filled with random weights to measure speed,
 * as {@link RandomModel}.
 */
public enum RandomScorer {
  /** {@code google/owlvit-base-patch32}, from its published configuration. */
  OWLVIT_BASE_PATCH32,
  /** {@code google/owlv2-base-patch16-ensemble}, from its published configuration. */
  OWLV2_BASE_PATCH16_ENSEMBLE,
  /** {@code openai/clip-vit-large-patch14}, from its published configuration. */
  CLIP_VIT_LARGE_PATCH14;

  private static final String PREFIX = "random:";

  private static final List<String> CONFIGURATIONS =
      List.of("config.json", "preprocessor_config.json", "tokenizer_config.json");

  private static final List<String> VOCABULARY = List.of("vocab.json", "merges.txt");

  /**
   * Returns the scorer that a name such as {@code random:owlvit-base-patch32} stands for, or
   * nothing if it is the name of something else.
   *
   * @throws ModelLoadingException if the name begins with {@code random:}, but there is no such
   *     scorer
   */
  public static Optional<RandomScorer> named(String name) {
    if (!name.startsWith(PREFIX)) {
      return Optional.empty();
    }
    return Optional.of(
        Arrays.stream(values())
            .filter(scorer -> name.equals(scorer.toString()))
            .findFirst()
            .orElseThrow(() -> unknown(name)));
  }

  private static ModelLoadingException unknown(String name) {
    String known = Arrays.stream(values()).map(Enum::toString).collect(Collectors.joining(", "));
    return new ModelLoadingException(
        "There is no detector %s; there are %s".formatted(name, known));
  }

  /**
   * Returns its folder on this host, and unpacks it first if necessary.
   *
   * @throws ModelLoadingException if it cannot be unpacked
   */
  public Path folder(ModelCache cache) {
    Stream<ModelFile> configurations =
        CONFIGURATIONS.stream().map(path -> ModelFile.inJar("random/" + shortName(), path));
    Stream<ModelFile> vocabulary =
        VOCABULARY.stream().map(path -> ModelFile.inJar(BuiltInModel.NAME + "/tokenizer", path));
    return cache.folder(toString(), Stream.concat(configurations, vocabulary).toList());
  }

  /** Returns its name, such as {@code random:owlvit-base-patch32}. */
  @Override
  public String toString() {
    return PREFIX + shortName();
  }

  private String shortName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
