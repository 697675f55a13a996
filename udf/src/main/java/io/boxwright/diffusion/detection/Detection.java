package io.boxwright.diffusion.detection;

import io.boxwright.diffusion.layout.BoundingBox;

/**
 * One object that a detector found.
 *
 * @param query the label that it was found by
 * @param label what it is: the query itself, unless the detector can tell that it is something else
 * @param score how well it fits what it is taken for, 0..1
 * @param box where it is
 */
public record Detection(String query, String label, double score, BoundingBox box) {

  /** Whether the object is what was looked for. */
  public boolean right() {
    return label.equals(query);
  }
}
