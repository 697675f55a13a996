package io.boxwright.diffusion.layout;

import io.boxwright.text.Count;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Boxes in tables, whose numbers are relative to the image's size. */
public final class RelativeBoxes {

  /** The distance by which rounding may move an edge outside the image. */
  private static final double ROUNDING = 1e-4;

  private RelativeBoxes() {}

  /**
   * Reads the boxes of a row. An edge that leaves the image by a rounding error becomes the image's
   * edge.
   *
   * @param column the name of the boxes in errors, such as {@code bboxes}
   * @param boxes the boxes, four numbers each, x_min, y_min, x_max, y_max, 0..1; wrong values, such
   *     as nulls, are refused
   * @throws IllegalArgumentException naming the first box that is wrong
   */
  public static List<BoundingBox> read(String column, List<List<Number>> boxes) {
    return IntStream.range(0, boxes.size())
        .mapToObj(place -> readOne("%s[%d]".formatted(column, place), boxes.get(place)))
        .toList();
  }

  /**
   * Reads one box, as {@link #read} does.
   *
   * @param name the name of the box in errors, such as {@code bboxes[0]}
   * @param edges x_min, y_min, x_max, y_max, 0..1; wrong values, such as nulls, are refused
   * @throws IllegalArgumentException naming the box and what is wrong with it
   */
  public static BoundingBox readOne(String name, List<Number> edges) {
    if (edges == null || edges.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException("Invalid %s: it is null or has a null".formatted(name));
    }
    if (edges.size() != 4) {
      throw new IllegalArgumentException(
          "Invalid %s: %s, but a box has 4: x_min, y_min, x_max, y_max"
              .formatted(name, Count.of(edges.size(), "number")));
    }
    try {
      return new BoundingBox(
          snap(edges.get(0)), snap(edges.get(1)),
          snap(edges.get(2)), snap(edges.get(3)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Invalid %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** Returns the image's edge for a number outside it by a rounding error, otherwise the number. */
  private static double snap(Number edge) {
    double value = edge.doubleValue();
    double nearest = Math.min(Math.max(value, 0), 1);
    return Math.abs(value - nearest) <= ROUNDING ? nearest : value;
  }
}
