package io.boxwright.job.page;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The scores of single images that a page shows. */
public enum PageScore {
  /** The share of attention in the boxes. */
  IN_BOX_MASS(
      "attention in the box",
      "Share of an object's attention that lies inside its box, from 0 to 1, in layers that the"
          + " guidance does not read (adherence.held_out.in_box_mass). An image has the mean over"
          + " its objects.",
      ImageNumbers::inBoxMass),

  /** Attention in the boxes over chance. */
  LIFT(
      "lift over chance",
      "Attention in the box divided by the box's share of the image"
          + " (adherence.held_out.lift). 1 is what evenly spread attention would score.",
      ImageNumbers::lift),

  /** The overlap of asked-for and detected boxes. */
  IOU(
      "IoU of the detected box",
      "Intersection over union of the asked-for box and the box that the detector found, from 0 to"
          + " 1. An object that was not found has 0. An image has the mean over its objects.",
      ImageNumbers::iou),

  /** 1 for an image that is right as a whole, 0 for one that is wrong. */
  RIGHT(
      "share of right images",
      "Images that the benchmark of the evaluation calls right (column right of its table), such as"
          + " those whose relation holds.",
      image -> image.right() == null ? null : image.right() ? 1.0 : 0.0);

  private final String label;
  private final String definition;
  private final Function<ImageNumbers, Double> value;

  PageScore(String label, String definition, Function<ImageNumbers, Double> value) {
    this.label = label;
    this.definition = definition;
    this.value = value;
  }

  /** Returns the value of an image, or null. */
  Double of(ImageNumbers image) {
    return value.apply(image);
  }

  /** Returns the values of a run's images that have one, in their order. */
  double[] values(RunNumbers run) {
    return values(run.images().stream());
  }

  /** Returns the values of images that have one, in their order. */
  double[] values(Stream<ImageNumbers> images) {
    return images
        .map(this::of)
        .filter(number -> number != null)
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  /** Returns whether any image of any run has this score. */
  boolean isIn(List<RunNumbers> runs) {
    return runs.stream().flatMap(run -> run.images().stream()).anyMatch(image -> of(image) != null);
  }

  /** Returns what the score is, for readers of a page. */
  public Page.ScoreText text() {
    return new Page.ScoreText(name(), label, definition);
  }
}
