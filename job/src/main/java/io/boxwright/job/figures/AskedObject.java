package io.boxwright.job.figures;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.List;
import java.util.Objects;

/**
 * An object that the layout asks for.
 *
 * @param phrase the words of the prompt
 * @param boxes the places, 0..1; at least one
 */
public record AskedObject(String phrase, List<BoundingBox> boxes) {

  /**
   * Copies the boxes.
   *
   * @throws IllegalArgumentException if there is no box
   */
  public AskedObject {
    Objects.requireNonNull(phrase, "phrase");
    boxes = List.copyOf(boxes);
    if (boxes.isEmpty()) {
      throw new IllegalArgumentException("The object '%s' has no box".formatted(phrase));
    }
  }
}
