package io.boxwright.job.figures;

import io.boxwright.diffusion.detection.LabelMode;
import java.util.Objects;

/**
 * The settings that a benchmark's authors use for their detector.
 *
 * @param detector the detector of the authors, in words
 * @param threshold the least score of a detection, 0..1. It is for that detector: others score
 *     differently.
 * @param mode whether it looks for each label alone
 * @param source where the labels come from
 * @param template the sentence around a label
 */
public record DetectorRequest(
    String detector, double threshold, LabelMode mode, LabelSource source, LabelTemplate template) {

  /**
   * Checks the threshold.
   *
   * @throws IllegalArgumentException if it is not a number from 0 to 1
   */
  public DetectorRequest {
    Objects.requireNonNull(detector, "detector");
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(template, "template");
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "The threshold of %s is %s, not a number from 0 to 1".formatted(detector, threshold));
    }
  }
}
