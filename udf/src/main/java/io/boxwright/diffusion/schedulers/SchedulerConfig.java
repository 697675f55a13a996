package io.boxwright.diffusion.schedulers;

import static io.boxwright.diffusion.loading.ConfigValues.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The content of a diffusers {@code scheduler_config.json}. Each scheduler reads the keys of its
 * diffusers namesake, with the same defaults, as {@code from_config} does. So any scheduler can be
 * made from any other's configuration. A key that is null counts as left out; a key that a
 * scheduler does not read may hold anything.
 *
 * <p>The methods that read a key throw an {@link IllegalArgumentException} that names it if its
 * value has another type.
 */
public final class SchedulerConfig {

  private static final String CLASS_NAME = "_class_name";
  private static final String STEPS_OFFSET = "steps_offset";
  private static final String CLIP_SAMPLE = "clip_sample";
  private static final String PREDICTION_TYPE = "prediction_type";

  private final ObjectNode json; // is never changed

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  SchedulerConfig(ObjectNode json) {
    this.json = json;
  }

  /**
   * Reads a {@code scheduler_config.json}.
   *
   * @throws ModelLoadingException naming the file, if it is missing or holds no JSON object
   */
  public static SchedulerConfig read(Path file) {
    return JsonConfig.read(file, SchedulerConfig.class);
  }

  /**
   * Returns {@code _class_name}, the scheduler that the file was written for; null if it names
   * none.
   *
   * @throws IllegalArgumentException if it is not text
   */
  public String className() {
    return text(CLASS_NAME).orElse(null);
  }

  /** Returns the same configuration for another class. */
  public SchedulerConfig withClassName(String name) {
    return new SchedulerConfig(json.deepCopy().put(CLASS_NAME, name));
  }

  /** Returns the same configuration for a model that predicts something else. */
  public SchedulerConfig withPredictionType(String type) {
    return new SchedulerConfig(json.deepCopy().put(PREDICTION_TYPE, type));
  }

  /**
   * Returns the configuration with the corrections that diffusers' {@code StableDiffusionPipeline}
   * makes to its scheduler: {@code steps_offset} 1 and no {@code clip_sample}.
   */
  public SchedulerConfig forStableDiffusion() {
    return new SchedulerConfig(json.deepCopy().put(STEPS_OFFSET, 1).put(CLIP_SAMPLE, false));
  }

  /**
   * Returns the configuration that another scheduler gets from {@code
   * from_config(pipe.scheduler.config)}, which is how users of diffusers change schedulers. The
   * pipeline has corrected the values in the file. For values that the file lacks, the other
   * scheduler takes its own default, uncorrected: DDIM made from a PNDM file without {@code
   * clip_sample} clips.
   */
  public SchedulerConfig forSwap() {
    ObjectNode corrected = json.deepCopy();
    if (json.hasNonNull(STEPS_OFFSET)) {
      corrected.put(STEPS_OFFSET, 1);
    }
    if (json.hasNonNull(CLIP_SAMPLE)) {
      corrected.put(CLIP_SAMPLE, false);
    }
    return new SchedulerConfig(corrected);
  }

  /** Reads true or false. */
  boolean flag(String key, boolean otherwise) {
    return find(key)
        .map(value -> check(value.isBoolean(), key, value, "true or false").booleanValue())
        .orElse(otherwise);
  }

  /** Reads a whole number of 32 bits. */
  int wholeNumber(String key, int otherwise) {
    String wanted = "a whole number from %d to %d".formatted(Integer.MIN_VALUE, Integer.MAX_VALUE);
    return find(key)
        .map(
            value ->
                check(value.isIntegralNumber() && value.canConvertToInt(), key, value, wanted)
                    .intValue())
        .orElse(otherwise);
  }

  /** Reads a number, which may be infinite or NaN. */
  double number(String key, double otherwise) {
    return number(key).orElse(otherwise);
  }

  /** Reads a number, which may be infinite or NaN; empty if there is none. */
  Optional<Double> number(String key) {
    return find(key).map(value -> number(key, value));
  }

  /** Reads a list of numbers, which may be infinite or NaN; empty if there is none. */
  Optional<double[]> numbers(String key) {
    return find(key).map(value -> numbers(key, value));
  }

  private static double[] numbers(String key, JsonNode value) {
    check(value.isArray(), key, value, "a list");
    double[] numbers = new double[value.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number("%s[%d]".formatted(key, i), value.get(i));
    }
    return numbers;
  }

  private static double number(String key, JsonNode value) {
    return check(value.isNumber(), key, value, "a number").doubleValue();
  }

  /** Reads text; empty if there is none. */
  Optional<String> text(String key) {
    return find(key).map(value -> check(value.isTextual(), key, value, "text").textValue());
  }

  /**
   * Reads text that must be one of the supported values.
   *
   * @throws IllegalArgumentException naming the key and the supported values, if it is another
   */
  String oneOf(String key, String otherwise, List<String> supported) {
    String text = text(key).orElse(otherwise);
    if (!supported.contains(text)) {
      throw new IllegalArgumentException(
          "%s is %s; supported: %s"
              .formatted(key, Printable.value(text), String.join(", ", supported)));
    }
    return text;
  }

  /**
   * Checks that options are false, their default.
   *
   * @throws IllegalArgumentException naming the one that is true
   */
  void requireFalse(String... keys) {
    for (String key : keys) {
      if (flag(key, false)) {
        throw new IllegalArgumentException("%s is true; supported: false".formatted(key));
      }
    }
  }

  /**
   * Checks that options are null, their default.
   *
   * @throws IllegalArgumentException naming the one that is set
   */
  void requireNull(String... keys) {
    for (String key : keys) {
      find(key)
          .ifPresent(
              value -> {
                throw new IllegalArgumentException(
                    "%s is %s; supported: null".formatted(key, Printable.value(value.toString())));
              });
    }
  }

  private Optional<JsonNode> find(String key) {
    return Optional.ofNullable(json.get(key)).filter(value -> !value.isNull());
  }

  private static JsonNode check(boolean valid, String key, JsonNode value, String wanted) {
    require(valid, key, value, wanted);
    return value;
  }
}
