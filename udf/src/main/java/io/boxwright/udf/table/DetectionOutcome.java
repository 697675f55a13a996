package io.boxwright.udf.table;

import io.boxwright.diffusion.detection.Detection;
import java.util.List;
import java.util.Optional;

/**
 * The result of a detector for one image.
 *
 * @param detections the objects that it found for the labels of the layout
 * @param refusal the reason if it cannot look for one of the labels, and so for none
 */
public record DetectionOutcome(List<Detection> detections, Optional<String> refusal) {

  /** Copies the list. */
  public DetectionOutcome {
    detections = List.copyOf(detections);
  }

  /** Makes the outcome of a search. */
  public static DetectionOutcome of(List<Detection> detections) {
    return new DetectionOutcome(detections, Optional.empty());
  }

  /** Makes the outcome of a search that was refused. */
  public static DetectionOutcome refusal(IllegalArgumentException cause) {
    return new DetectionOutcome(List.of(), Optional.of(cause.getMessage()));
  }
}
