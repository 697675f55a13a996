package io.boxwright.cli;

import io.boxwright.diffusion.guidance.LayoutGuidanceConfig;
import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.job.report.ConsoleLines;
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
    AUTO,
    PAPER,
    TFLCG,
    NONE
  }

  private static final List<String> CHANGES =
      List.of(
          "--loss-scale",
          "--loss-threshold",
          "--max-guidance-steps",
          "--max-iterations-per-step",
          "--rounding");

  @Option(
      names = "--guidance",
      defaultValue = "auto",
      paramLabel = "auto|paper|tflcg|none",
      description =
          "How images are guided into their boxes: as the model's layout_guidance.json says, else"
              + " as paper; as the paper's authors do it; as the diffusers pipeline of the name"
              + " tflcg does; or not at all (scored all the same). Default: ${DEFAULT-VALUE}.")
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

  @Option(
      names = "--rounding",
      paramLabel = "truncate|half_even",
      description =
          "How the edges of boxes fall on cells of attention maps: the one they lie in, or the"
              + " nearest. Default: the preset's, truncate for paper, half_even for tflcg.")
  private CellRounding rounding;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * What the options say. Without guidance its numbers have no effect: those in Spark's settings
   * may be there for other runs, those on the command line are named on standard error.
   *
   * @param modelGuidance what suits the model; not asked for if the options name a preset
   * @throws ParameterException naming a value that is wrong
   */
  LayoutGuidanceConfig config(Supplier<LayoutGuidanceConfig> modelGuidance) {
    return switch (preset) {
      case AUTO -> changed(modelGuidance.get());
      case PAPER -> changed(LayoutGuidanceConfig.paper());
      case TFLCG -> changed(LayoutGuidanceConfig.tflcg());
      case NONE -> {
        ignoreChanges();
        yield LayoutGuidanceConfig.none();
      }
    };
  }

  private void ignoreChanges() {
    List<String> ignored =
        CHANGES.stream()
            .filter(option -> command.commandLine().getParseResult().hasMatchedOption(option))
            .toList();
    if (!ignored.isEmpty()) {
      new ConsoleLines(command.commandLine().getErr())
          .print("No effect with --guidance none: %s", String.join(", ", ignored));
    }
  }

  private LayoutGuidanceConfig changed(LayoutGuidanceConfig presetConfig) {
    try {
      return withChanges(presetConfig);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private LayoutGuidanceConfig withChanges(LayoutGuidanceConfig presetConfig) {
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
    if (rounding != null) {
      config = config.withRounding(rounding);
    }
    return config;
  }
}
