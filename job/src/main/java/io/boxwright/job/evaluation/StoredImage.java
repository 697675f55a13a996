package io.boxwright.job.evaluation;

import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.job.figures.AskedObject;
import io.boxwright.job.figures.Expectation;
import java.util.List;

/**
 * A row of an image table, as far as an evaluation needs it.
 *
 * @param id the id of the prompt's row
 * @param imageIndex the number of the image among those of its prompt
 * @param prompt the prompt
 * @param category the benchmark's category; null if the table has none
 * @param error why there is no image to evaluate; null if there is one
 * @param png the bytes of the image; null if there is none
 * @param width the width in pixels; null if there is no image
 * @param height the height in pixels; null if there is no image
 * @param layout the objects that were asked for; empty without boxes
 * @param expected what the image must show; empty if the table has no such column
 */
record StoredImage(
    String id,
    Integer imageIndex,
    String prompt,
    String category,
    String error,
    byte[] png,
    Integer width,
    Integer height,
    List<LayoutObject> layout,
    List<Expectation> expected) {

  /** Copies the lists. */
  StoredImage {
    layout = List.copyOf(layout);
    expected = List.copyOf(expected);
  }

  /** Returns the objects that were asked for. */
  List<AskedObject> asked() {
    return layout.stream().map(object -> new AskedObject(object.label(), object.boxes())).toList();
  }

  /** Returns this image as one that cannot be evaluated. */
  StoredImage withError(String message) {
    return new StoredImage(
        id, imageIndex, prompt, category, message, null, width, height, layout, expected);
  }
}
