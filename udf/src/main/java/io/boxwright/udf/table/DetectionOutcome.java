package io.boxwright.udf.table;

import io.boxwright.diffusion.detection.DetectionScorer;
import io.boxwright.diffusion.detection.LayoutDetection;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.layout.LayoutObject;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;

/**
 * What a detector has to say of an image.
 *
 * @param scores how well the detected objects keep to the layout; empty if there is no layout, or
 *     one with a label that the detector cannot look for
 * @param warnings such as the name of that label
 */
public record DetectionOutcome(Optional<LayoutDetection> scores, List<String> warnings) {

  /** Nothing. */
  public static final DetectionOutcome NONE = new DetectionOutcome(Optional.empty(), List.of());

  /**
   * Looks for the objects of a layout.
   *
   * @param image RGB, 8 bits a channel
   */
  public static DetectionOutcome of(
      ObjectDetector detector, BufferedImage image, List<LayoutObject> layout) {
    if (layout.isEmpty()) {
      return NONE;
    }
    DetectionScorer scorer = new DetectionScorer(layout);
    try {
      LayoutDetection scores = scorer.score(detector.detect(image, scorer.labels()));
      return new DetectionOutcome(Optional.of(scores), List.of());
    } catch (IllegalArgumentException e) {
      return new DetectionOutcome(Optional.empty(), List.of("No detection: " + e.getMessage()));
    }
  }
}
