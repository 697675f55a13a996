package io.boxwright.diffusion.detection;

import java.util.Optional;

/**
 * What a detector found for one object of a layout.
 *
 * @param detection the best one for its label, if there is any
 * @param scores how well that keeps to the object's boxes
 */
public record ObjectDetection(Optional<Detection> detection, DetectionScores scores) {

  /** Whether the right object was found and its centre lies in a box of the object. */
  public boolean rightAndInBox() {
    return scores.right() == 1 && scores.centreInBox() == 1;
  }
}
