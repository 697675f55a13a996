package io.boxwright.udf.table;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The kinds of boxes that are not x_min, y_min, x_max, y_max relative to their image. */
enum BoxUnits {
  /** Pixels of the width and the height of an image. */
  PIXELS("pixels: divide them by the width and the height of their images"),
  /** Numbers relative to the image, times 100; or pixels, none of them above 100. */
  PERCENT("percent or pixels: divide them by 100, or by the width and the height of their images"),
  /** A corner and a size, as in COCO, but relative to the image. */
  SIZES("x, y, width, height: x_max is x + width, y_max is y + height"),
  /** A corner and a size in pixels. */
  PIXEL_SIZES(
      "x, y, width, height in pixels: x_max is x + width, y_max is y + height; divide all by the"
          + " width and the height of their images"),
  /** A corner and a size in percent; or in pixels, none of them above 100. */
  PERCENT_SIZES(
      "x, y, width, height in percent or pixels: x_max is x + width, y_max is y + height; divide"
          + " all by 100, or by the width and the height of their images");

  /** The distance by which rounding may move an edge outside the image. */
  private static final double ROUNDING = 1e-3;

  private final String advice;

  BoxUnits(String advice) {
    this.advice = advice;
  }

  /** Returns the name of the units and the way to correct the boxes. */
  String advice() {
    return advice;
  }

  /** Returns the units that fit all boxes, if some of the boxes are not relative. */
  static Optional<BoxUnits> of(List<List<Number>> boxes) {
    List<double[]> whole = boxes.stream().filter(BoxUnits::isBox).map(BoxUnits::toEdges).toList();
    double largest = whole.stream().mapToDouble(BoxUnits::largest).max().orElse(0);
    if (whole.isEmpty() || whole.stream().anyMatch(box -> smallest(box) < -ROUNDING)) {
      return Optional.empty();
    }
    boolean sizes = whole.stream().anyMatch(box -> box[2] <= box[0] || box[3] <= box[1]);
    boolean inside =
        whole.stream()
            .allMatch(box -> box[0] + box[2] <= 1 + ROUNDING && box[1] + box[3] <= 1 + ROUNDING);
    if (largest <= 1 + ROUNDING) {
      return sizes && inside ? Optional.of(SIZES) : Optional.empty();
    }
    if (whole.stream().anyMatch(box -> largest(box) <= 1 + ROUNDING)) {
      return Optional.empty(); // some are correct, or at least of another kind
    }
    if (sizes) {
      return Optional.of(largest <= 100 ? PERCENT_SIZES : PIXEL_SIZES);
    }
    return Optional.of(largest <= 100 ? PERCENT : PIXELS);
  }

  private static boolean isBox(List<Number> box) {
    return box != null
        && box.size() == 4
        && box.stream().allMatch(Objects::nonNull)
        && box.stream().allMatch(edge -> Double.isFinite(edge.doubleValue()));
  }

  private static double[] toEdges(List<Number> box) {
    return box.stream().mapToDouble(Number::doubleValue).toArray();
  }

  private static double largest(double[] box) {
    return Math.max(Math.max(box[0], box[1]), Math.max(box[2], box[3]));
  }

  private static double smallest(double[] box) {
    return Math.min(Math.min(box[0], box[1]), Math.min(box[2], box[3]));
  }
}
