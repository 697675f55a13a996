package io.boxwright.job.exporting;

import io.boxwright.job.input.InvalidInputException;
import java.io.Serializable;

/**
 * The choice of the best images of each prompt.
 *
 * @param count the most images of a prompt, at least 1
 * @param column the column or SQL expression by which images are compared; a larger number is
 *     better
 */
public record BestImages(int count, String column) implements Serializable {

  /**
   * Checks the number.
   *
   * @throws InvalidInputException if it is less than 1
   */
  public BestImages {
    if (count < 1) {
      throw new InvalidInputException(
          "Invalid option: best is %d, it must be at least 1".formatted(count));
    }
  }
}
