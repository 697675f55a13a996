package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A file with low-rank changes of a model's weights, which are added when the model is loaded.
 *
 * @param file the safetensors file
 * @param weight the factor of its changes; 1 for all of them, 0 for none
 */
public record Lora(Path file, double weight) {

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
