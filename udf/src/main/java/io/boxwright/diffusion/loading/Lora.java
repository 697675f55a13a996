package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file with low-rank changes of a model's weights, which are added when the model is loaded.
 *
 * @param file the safetensors file
 * @param weight the factor of its changes; 1 for all of them, 0 for none
 */
public record Lora(Path file, double weight) {

  private static final Pattern WITH_WEIGHT =
      Pattern.compile("(.+):([-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?)");

  private static final Pattern WITH_OTHER_TEXT = Pattern.compile(".+\\.safetensors:[^/]*");

  /**
   * The name of a LoRA and the weight that a person chose.
   *
   * @param name the name of the file, as it was written
   * @param weight the factor of its changes, 1 by default
   */
  public record Spelling(String name, double weight) {

    /**
     * Reads a text.
     *
     * @param text {@code FILE} or {@code FILE:WEIGHT}
     * @throws IllegalArgumentException if the name is empty or the weight is not finite
     */
    public static Spelling parse(String text) {
      Matcher matcher = WITH_WEIGHT.matcher(text);
      boolean weighted = matcher.matches();
      String name = weighted ? matcher.group(1) : text;
      double weight = weighted ? Double.parseDouble(matcher.group(2)) : 1;
      if (name.isBlank()) {
        throw new IllegalArgumentException("Invalid LoRA: its name is empty");
      }
      if (!Double.isFinite(weight)) {
        throw new IllegalArgumentException(
            "Invalid weight of LoRA %s: %s".formatted(name, matcher.group(2)));
      }
      if (!weighted && WITH_OTHER_TEXT.matcher(text).matches()) {
        throw new IllegalArgumentException(
            "Invalid LoRA %s: the weight after the colon must be a number, such as 0.8"
                .formatted(text));
      }
      return new Spelling(name, weight);
    }
  }

  /**
   * Makes a LoRA of a file on this host.
   *
   * @param text {@code FILE} or {@code FILE:WEIGHT}; the weight is 1 by default
   * @throws IllegalArgumentException if the name is empty or the weight is not finite
   */
  public static Lora parse(String text) {
    Spelling spelling = Spelling.parse(text);
    return new Lora(Path.of(spelling.name()), spelling.weight());
  }

  /**
   * Checks the weight.
   *
   * @throws IllegalArgumentException if it is not a finite number
   */
  public Lora {
    Objects.requireNonNull(file, "file");
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException("The weight of %s is %s".formatted(file, weight));
    }
  }
}
