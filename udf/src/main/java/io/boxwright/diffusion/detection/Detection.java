package io.boxwright.diffusion.detection;

import io.boxwright.diffusion.layout.BoundingBox;

/**
 * One object that a detector found.
 *
 * @param query the label that was looked for
 * @param label the label of what was found: the query itself, unless the detector can tell that it
 *     is something else
 * @param score the degree to which the object fits {@code label}, 0..1
 * @param box the box around the object
 */
public record Detection(String query, String label, double score, BoundingBox box) {

  /** Returns whether the object is what was looked for. */
  public boolean right() {
    return label.equals(query);
  }
}
