package io.boxwright.diffusion.detection;

import java.util.Optional;

/**
 * The best detection of one object of a layout.
 *
 * @param detection the detection with the highest score for its label, if there is any
 * @param scores the scores of how well that detection keeps to the object's boxes
 */
public record ObjectDetection(Optional<Detection> detection, DetectionScores scores) {

  /** Returns whether the right object was found and its centre lies in a box of the object. */
  public boolean rightAndInBox() {
    return scores.right() == 1 && scores.centreInBox() == 1;
  }
}
