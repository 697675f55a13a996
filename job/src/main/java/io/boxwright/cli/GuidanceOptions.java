package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.Guidances;
import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.job.report.ConsoleLines;
import io.boxwright.text.Printable;
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
@OptionGroup(Part.GUIDANCE)
final class GuidanceOptions {

  private static final String AUTO = "auto";
  private static final String OTHER = "--guidance-option";
  private static final String PREFIX = "^Invalid guidance: ";

  private static final List<String> CHANGES =
      List.of(
          "--loss-scale",
          "--loss-threshold",
          "--max-guidance-steps",
          "--max-iterations-per-step",
          "--rounding",
          OTHER);

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
      description =
          "Strength of the guidance. Default: the model's, else 30 for"
              + " paper and 50 for tflcg.")
  private Double lossScale;

  @Option(
      names = "--loss-threshold",
      paramLabel = "X",
      description = "Loss at which the guidance of a row ends. Default: the model's, else 0.2.")
  private Double lossThreshold;

  @Option(
      names = "--max-guidance-steps",
      paramLabel = "N",
      description =
          "Number of guided steps, counted from the first. Default: the model's, else" + " 10.")
  private Integer maxGuidanceSteps;

  @Option(
      names = "--max-iterations-per-step",
      paramLabel = "N",
      description = "Guidance updates in each of those steps. Default: the model's, else 5.")
  private Integer maxIterationsPerStep;

  @Option(
      names = "--rounding",
      paramLabel = "truncate|half_even",
      description =
          "How edges of boxes are brought to cells of attention maps: to the one that they lie in,"
              + " or to the nearest. Default: the model's, else truncate for paper and half_even for"
              + " tflcg.")
  private CellRounding rounding;

  @Option(
      names = OTHER,
      paramLabel = "KEY=VALUE",
      split = ",",
      description =
          "Any other option of the guidance, by its name in layout_guidance.json, such as"
              + " small_boxes=leave_empty. May be repeated.")
  private List<String> others = new ArrayList<>();

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
    if (name.equals(Guidances.NONE)) {
      ignoreChanges("with --guidance none");
      return Guidances.of(name);
    }
    if (!name.equals(AUTO)) {
      return change(findPreset(name));
    }
    Guidance own = modelGuidance.get();
    if (own.equals(Guidances.of(Guidances.NONE))) {
      ignoreChanges("because the model's own guidance is none");
      return own;
    }
    return change(own);
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
    parseOthers().forEach((key, value) -> addOther(changes, key, value));
    return changes;
  }

  /** Parses the values of {@code --guidance-option}. */
  private Map<String, Object> parseOthers() {
    Map<String, Object> parsed = new LinkedHashMap<>();
    for (String other : others) {
      int equals = other.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "%s is %s, it must be KEY=VALUE".formatted(OTHER, Printable.name(other)));
      }
      String key = other.substring(0, equals);
      if (parsed.put(key, JsonConfig.parseScalar(other.substring(equals + 1))) != null) {
        throw new IllegalArgumentException("%s is given twice with %s".formatted(key, OTHER));
      }
    }
    return parsed;
  }

  /** Adds a value that may have an option of its own: the command line wins over the settings. */
  private void addOther(Map<String, Object> changes, String key, Object value) {
    String own = "--" + key.replace('_', '-');
    if (!changes.containsKey(key) || isTyped(OTHER) && !isTyped(own)) {
      changes.put(key, value);
    } else if (isTyped(own) == isTyped(OTHER)) {
      throw new IllegalArgumentException(
          "%s is given twice, with %s and with %s".formatted(key, own, OTHER));
    }
  }

  private boolean isTyped(String option) {
    return command.commandLine().getParseResult().hasMatchedOption(option);
  }

  private void ignoreChanges(String reason) {
    List<String> ignored = CHANGES.stream().filter(this::isTyped).toList();
    if (!ignored.isEmpty()) {
      new ConsoleLines(command.commandLine().getErr())
          .print("No effect %s: %s", reason, String.join(", ", ignored));
    }
  }
}
