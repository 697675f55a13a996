package io.boxwright.job.exporting;

import io.boxwright.diffusion.layout.BoundingBox;
import java.io.Serializable;

/**
 * A box of an image, before it has a class.
 *
 * @param phrase the words of the prompt, or the label of a detection
 * @param score the detector's score, 0..1; null for a box of the layout
 * @param xMin the left edge, 0..1
 * @param yMin the top edge, 0..1
 * @param xMax the right edge, 0..1
 * @param yMax the bottom edge, 0..1
 */
record ImageBox(String phrase, Double score, double xMin, double yMin, double xMax, double yMax)
    implements Serializable {

  /** Returns the place. */
  BoundingBox place() {
    return new BoundingBox(xMin, yMin, xMax, yMax);
  }
}
