package io.boxwright.diffusion.layout;

import java.util.List;

/**
 * One object of a layout: the tokens of the prompt that name it and the boxes that it goes into.
 *
 * @param label the name for people and detectors, such as {@code a red circle}; may be empty
 * @param tokenIndices the positions in the tokenised prompt, at least one; 0 is the start token
 * @param boxes the boxes, at least one; several boxes mean their union
 */
public record LayoutObject(String label, List<Integer> tokenIndices, List<BoundingBox> boxes) {

  /** Copies the lists and checks that none is empty. */
  public LayoutObject {
    tokenIndices = List.copyOf(tokenIndices);
    boxes = List.copyOf(boxes);
    if (tokenIndices.isEmpty()) {
      throw new IllegalArgumentException("Invalid object: no token indices");
    }
    if (boxes.isEmpty()) {
      throw new IllegalArgumentException("Invalid object: no boxes");
    }
  }
}
