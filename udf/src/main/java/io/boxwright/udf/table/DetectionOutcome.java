package io.boxwright.udf.table;

import io.boxwright.diffusion.detection.DetectionScorer;
import io.boxwright.diffusion.detection.LayoutDetection;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.metrics.ObjectAdherence;
import io.boxwright.diffusion.pipelines.GeneratedImage;
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

  /** Looks for the objects of an image's layout. */
  public static DetectionOutcome of(ObjectDetector detector, GeneratedImage image) {
    return image.adherence().isEmpty()
        ? NONE
        : of(
            detector,
            image,
            image.adherence().get().objects().stream().map(ObjectAdherence::object).toList());
  }

  private static DetectionOutcome of(
      ObjectDetector detector, GeneratedImage image, List<LayoutObject> objects) {
    DetectionScorer scorer = new DetectionScorer(objects);
    try {
      LayoutDetection scores = scorer.score(detector.detect(image.image(), scorer.labels()));
      return new DetectionOutcome(Optional.of(scores), List.of());
    } catch (IllegalArgumentException e) {
      return new DetectionOutcome(Optional.empty(), List.of("No detection: " + e.getMessage()));
    }
  }
}
