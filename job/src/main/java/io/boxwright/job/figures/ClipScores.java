package io.boxwright.job.figures;

import java.util.List;

/**
 * CLIP scores of an image.
 *
 * @param image the score of the image against its prompt, 0..100
 * @param boxes the scores of the crops in the asked-for boxes against their phrases, 0..100; empty
 *     if they were not measured
 */
public record ClipScores(double image, List<Double> boxes) {

  /** Copies the list. */
  public ClipScores {
    boxes = List.copyOf(boxes);
  }
}
