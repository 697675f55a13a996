package io.boxwright.job.page;

import java.util.List;
import java.util.Objects;

/**
 * The numbers of an image. They hold neither its pixels nor its prompt.
 *
 * @param key the image
 * @param file the name of the chunk's file that has it
 * @param category the category of the prompt; null if it has none
 * @param good whether the image was made
 * @param inBoxMass the share of attention in the boxes, 0..1, in held-out layers; may be null
 * @param lift the same, divided by that of a uniform map, from 0 on; may be null
 * @param iou the mean over the objects of the intersection over union of the asked-for and the
 *     detected box, 0..1; may be null
 * @param right whether the benchmark of the evaluation calls the image right; may be null
 * @param objects the objects of the layout; empty without boxes
 */
public record ImageNumbers(
    ImageKey key,
    String file,
    String category,
    boolean good,
    Double inBoxMass,
    Double lift,
    Double iou,
    Boolean right,
    List<ObjectNumbers> objects) {

  /** Copies the list. */
  public ImageNumbers {
    Objects.requireNonNull(key, "key");
    objects = List.copyOf(objects);
  }
}
