package io.boxwright.job.importing;

import io.boxwright.diffusion.layout.BoxForm;
import java.util.Arrays;
import java.util.List;

/**
 * A box as a file has it.
 *
 * @param numbers four numbers, or as many as the file has if the box is broken; NaN for a missing
 *     one
 * @param form the meaning of the numbers
 * @param canvas the image that the numbers belong to
 */
record SourceBox(List<Double> numbers, BoxForm form, Canvas canvas) {

  /** Copies the numbers. */
  SourceBox {
    numbers = List.copyOf(numbers);
  }

  /**
   * Returns the left, top, right and bottom edge relative to the image. They may lie outside of
   * 0..1. The numbers of a broken box stay as they are.
   */
  List<Double> edges() {
    if (numbers.size() != 4) {
      return numbers;
    }
    double[] edges = form.toEdges(numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3));
    double[] relative = {
      edges[0] / canvas.width(),
      edges[1] / canvas.height(),
      edges[2] / canvas.width(),
      edges[3] / canvas.height()
    };
    return Arrays.stream(relative).boxed().toList();
  }
}
