package io.boxwright;

import io.boxwright.guidance.LayoutGuidanceConfig;
import io.boxwright.spark.GuidedImageGenerator;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

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

  /** Hands the options to a generator. */
  void configure(GuidedImageGenerator generator) {
    LayoutGuidanceConfig config = preset.config.get();
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
    generator.setGuidance(config);
  }
}
