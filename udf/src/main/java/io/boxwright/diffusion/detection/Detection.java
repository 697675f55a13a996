package io.boxwright.diffusion.detection;

import io.boxwright.diffusion.layout.BoundingBox;

/**
 * One object that a detector found.
 *
 * @param query the label that was looked for
 * @param label the label of what was found: the query itself, unless the detector can tell that it
 *     is something else
 * @param score the degree to which the object fits {@code label}, 0..1
 * @param predicted the box around the object, which may leave the image, but not wholly
 */
public record Detection(String query, String label, double score, PredictedBox predicted) {

  /**
   * Checks the box.
   *
   * @throws IllegalArgumentException if nothing of it lies in the image
   */
  public Detection {
    if (predicted.inImage().isEmpty()) {
      throw new IllegalArgumentException("The box is outside the image: " + predicted);
    }
  }

  /** Makes a detection whose box lies in the image. */
  public Detection(String query, String label, double score, BoundingBox box) {
    this(query, label, score, PredictedBox.of(box));
  }

  /** Returns the part of the box that lies in the image. */
  public BoundingBox box() {
    return predicted.inImage().orElseThrow();
  }

  /** Returns whether the object is what was looked for. */
  public boolean right() {
    return label.equals(query);
  }
}
