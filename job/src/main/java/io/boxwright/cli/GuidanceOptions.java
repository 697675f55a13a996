package io.boxwright.cli;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.Guidances;
import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.job.report.ConsoleLines;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say how images are guided into their boxes. */
final class GuidanceOptions {

  private static final String AUTO = "auto";
  private static final String NONE = "none";
  private static final String PREFIX = "^Invalid guidance: ";

  private static final List<String> CHANGES =
      List.of(
          "--loss-scale",
          "--loss-threshold",
          "--max-guidance-steps",
          "--max-iterations-per-step",
          "--rounding",
          "--guidance-option");

  /** The values of {@code --guidance}. */
  static final class Names extends ArrayList<String> {

    private static final long serialVersionUID = 1;

    Names() {
      add(AUTO);
      addAll(Guidances.names());
    }
  }

  @Option(
      names = "--guidance",
      defaultValue = AUTO,
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description =
          "How images are guided into their boxes: ${COMPLETION-CANDIDATES}. auto: as the model's"
              + " layout_guidance.json says, otherwise as paper; paper: as the paper's authors do it;"
              + " tflcg: as the diffusers pipeline of that name does; none: not at all (images are"
              + " still scored). Default: ${DEFAULT-VALUE}.")
  private String guidance;

  @Option(
      names = "--loss-scale",
      paramLabel = "X",
      description = "Strength of the guidance. Default: the preset's, 30 for paper, 50 for tflcg.")
  private Double lossScale;

  @Option(
      names = "--loss-threshold",
      paramLabel = "X",
      description = "Loss at which the guidance of a row ends. Default: the preset's, 0.2.")
  private Double lossThreshold;

  @Option(
      names = "--max-guidance-steps",
      paramLabel = "N",
      description = "Number of guided steps, counted from the first. Default: the preset's, 10.")
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
          "How edges of boxes are brought to cells of attention maps: to the one that they lie in,"
              + " or to the nearest. Default: the preset's, truncate for paper, half_even for tflcg.")
  private CellRounding rounding;

  @Option(
      names = "--guidance-option",
      paramLabel = "KEY=VALUE",
      split = ",",
      description =
          "Any other option of the guidance, by its name in layout_guidance.json, such as"
              + " small_boxes=leave_empty. May be repeated.")
  private Map<String, String> others = new LinkedHashMap<>();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * Chooses the guidance that the options describe. With {@code none} the other options have no
   * effect: those in Spark's settings are ignored, because they may be meant for other runs; those
   * on the command line are named on standard error.
   *
   * @param modelGuidance the guidance that suits the model; called only if the options name no
   *     other
   * @throws ParameterException naming a value that is wrong, or an option that the guidance does
   *     not have
   */
  Guidance choose(Supplier<Guidance> modelGuidance) {
    String name = guidance.toLowerCase(Locale.ROOT);
    if (name.equals(NONE)) {
      ignoreChanges();
      return Guidances.of(name);
    }
    return change(name.equals(AUTO) ? modelGuidance.get() : findPreset(name));
  }

  private Guidance findPreset(String name) {
    try {
      return Guidances.of(name);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private Guidance change(Guidance preset) {
    try {
      return preset.withOptions(collectChanges());
    } catch (IllegalArgumentException e) {
      String problem = e.getMessage().replaceFirst(PREFIX, "");
      throw new ParameterException(command.commandLine(), "Invalid guidance: " + problem, e);
    }
  }

  /** Collects the values that are given, by the names of the guidance's options. */
  private Map<String, Object> collectChanges() {
    Map<String, Object> changes = new LinkedHashMap<>();
    changes.put("loss_scale", lossScale);
    changes.put("loss_threshold", lossThreshold);
    changes.put("max_guidance_steps", maxGuidanceSteps);
    changes.put("max_iterations_per_step", maxIterationsPerStep);
    changes.put("rounding", rounding);
    changes.values().removeIf(Objects::isNull);
    others.forEach(
        (key, text) -> {
          if (changes.putIfAbsent(key, JsonConfig.parseScalar(text)) != null) {
            throw new IllegalArgumentException(key + " is given twice");
          }
        });
    return changes;
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
}
