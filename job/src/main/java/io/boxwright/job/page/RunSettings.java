package io.boxwright.job.page;

import io.boxwright.diffusion.guidance.Guidances;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The settings of a run in words.
 *
 * @param guidance the guidance: {@code none}, a preset, or a preset with other options
 * @param steps the number of denoising steps
 * @param scheduler the name of the scheduler
 * @param options all settings that have an effect on this run, by name
 */
public record RunSettings(
    String guidance, String steps, String scheduler, Map<String, String> options) {

  private static final String GUIDANCE = "guidance";
  private static final String GUIDED_STEPS = "max_guidance_steps";
  private static final String DEFAULT = Guidances.names().get(0);
  private static final String UNKNOWN = "–";
  private static final String OF_THE_MODEL = "the model's own";

  /** The settings that tell users nothing: the class that opens models. */
  private static final Set<String> INTERNAL = Set.of("pipeline_loader");

  /** Copies the map. */
  public RunSettings {
    Objects.requireNonNull(guidance, "guidance");
    Objects.requireNonNull(steps, "steps");
    Objects.requireNonNull(scheduler, "scheduler");
    options = new TreeMap<>(options);
  }

  /**
   * Describes the options of a plan.
   *
   * @param options the options by name, as the plan of a run has them
   */
  public static RunSettings of(Map<String, String> options) {
    boolean guided = !"0".equals(options.get(GUIDED_STEPS));
    Map<String, String> shown = new TreeMap<>();
    options.forEach(
        (name, value) -> {
          if (!INTERNAL.contains(name) && (guided || !isGuidanceOption(name))) {
            shown.put(name, describeValue(name, value));
          }
        });
    return new RunSettings(
        guided ? describeGuidance(options) : Guidances.NONE,
        describeSteps(options),
        options.getOrDefault("scheduler", OF_THE_MODEL),
        shown);
  }

  /** Returns the number of steps, or the length of the list in its place. */
  private static String describeSteps(Map<String, String> options) {
    for (String list : List.of("timesteps", "sigmas")) {
      if (options.containsKey(list)) {
        return "%d %s".formatted(options.get(list).split(",").length, list);
      }
    }
    return options.getOrDefault("num_inference_steps", UNKNOWN);
  }

  private static boolean isGuidanceOption(String name) {
    return name.equals(GUIDANCE) || Guidances.of(DEFAULT).options().containsKey(name);
  }

  /** Names the preset with equal options, otherwise the default one with the differences to it. */
  private static String describeGuidance(Map<String, String> options) {
    return Guidances.names().stream()
        .filter(preset -> listDifferences(preset, options).isEmpty())
        .findFirst()
        .orElseGet(() -> DEFAULT + " with " + String.join(", ", listDifferences(DEFAULT, options)));
  }

  private static List<String> listDifferences(String preset, Map<String, String> options) {
    return Guidances.of(preset).options().entrySet().stream()
        .filter(option -> !option.getValue().toString().equals(options.get(option.getKey())))
        .map(Map.Entry::getKey)
        .map(name -> name + " " + describeValue(name, options.getOrDefault(name, "not set")))
        .toList();
  }

  private static String describeValue(String name, String value) {
    if (value.equals(String.valueOf(Integer.MAX_VALUE))) {
      return "any";
    }
    if (Set.of("height", "width").contains(name) && value.equals("0")) {
      return OF_THE_MODEL;
    }
    return value.matches("\\d+\\.0") ? value.substring(0, value.length() - 2) : value;
  }
}
