package io.boxwright;

import io.boxwright.guidance.LayoutGuidanceConfig;
import io.boxwright.spark.GuidedImageGenerator;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say how images are guided into their boxes. */
final class GuidanceOptions {

  /** Named guidance settings. */
  enum Preset {
    PAPER(LayoutGuidanceConfig::paper),
    TFLCG(LayoutGuidanceConfig::tflcg),
    NONE(LayoutGuidanceConfig::none);

    private final Supplier<LayoutGuidanceConfig> config;

    Preset(Supplier<LayoutGuidanceConfig> config) {
      this.config = config;
    }
  }

  private static final List<String> NUMBERS =
      List.of(
          "--loss-scale", "--loss-threshold", "--max-guidance-steps", "--max-iterations-per-step");

  @Option(
      names = "--guidance",
      defaultValue = "paper",
      paramLabel = "paper|tflcg|none",
      description =
          "How images are guided into their boxes: as the paper's authors do it, as the diffusers"
              + " pipeline of the name tflcg does, or not at all (scored all the same). Default:"
              + " ${DEFAULT-VALUE}.")
  private Preset preset;

  @Option(
      names = "--loss-scale",
      paramLabel = "X",
      description = "Strength of the guidance. Default: the preset's, 30 for paper, 50 for tflcg.")
  private Double lossScale;

  @Option(
      names = "--loss-threshold",
      paramLabel = "X",
      description = "Loss at which a row is guided no more. Default: the preset's, 0.2.")
  private Double lossThreshold;

  @Option(
      names = "--max-guidance-steps",
      paramLabel = "N",
      description = "How many of the first steps are guided. Default: the preset's, 10.")
  private Integer maxGuidanceSteps;

  @Option(
      names = "--max-iterations-per-step",
      paramLabel = "N",
      description = "Guidance updates in each of those steps. Default: the preset's, 5.")
  private Integer maxIterationsPerStep;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** Hands the options to a generator. */
  void configure(GuidedImageGenerator generator) {
    generator.setGuidance(config());
  }

  /**
   * What the options say. Without guidance its numbers have no effect: those in Spark's settings
   * may be there for other runs, those on the command line are refused.
   *
   * @throws ParameterException naming the option that has no effect
   */
  LayoutGuidanceConfig config() {
    if (preset == Preset.NONE) {
      NUMBERS.forEach(this::refuse);
      return LayoutGuidanceConfig.none();
    }
    return withNumbers(preset.config.get());
  }

  private void refuse(String option) {
    if (command.commandLine().getParseResult().hasMatchedOption(option)) {
      throw new ParameterException(
          command.commandLine(), option + " has no effect with --guidance none");
    }
  }

  private LayoutGuidanceConfig withNumbers(LayoutGuidanceConfig presetConfig) {
    LayoutGuidanceConfig config = presetConfig;
    if (lossScale != null) {
      config = config.withLossScale(lossScale);
    }
    if (lossThreshold != null) {
      config = config.withLossThreshold(lossThreshold);
    }
    if (maxGuidanceSteps != null) {
      config = config.withMaxGuidanceSteps(maxGuidanceSteps);
    }
    if (maxIterationsPerStep != null) {
      config = config.withMaxIterationsPerStep(maxIterationsPerStep);
    }
    return config;
  }
}
