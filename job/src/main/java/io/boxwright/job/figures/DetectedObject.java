package io.boxwright.job.figures;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.Objects;

/**
 * An object that a detector found in an image.
 *
 * @param label the label that was looked for: a phrase or the label of an expectation, without the
 *     words of a template
 * @param score the detector's score, 0..1
 * @param box the place, 0..1
 */
public record DetectedObject(String label, double score, BoundingBox box) {

  /**
   * Checks the score.
   *
   * @throws IllegalArgumentException if the score is not a number from 0 to 1
   */
  public DetectedObject {
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(box, "box");
    if (!(score >= 0 && score <= 1)) {
      throw new IllegalArgumentException(
          "Invalid detection of %s: its score is %s, not a number from 0 to 1"
              .formatted(label, score));
    }
  }
}
