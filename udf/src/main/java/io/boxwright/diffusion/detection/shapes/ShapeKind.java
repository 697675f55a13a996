package io.boxwright.diffusion.detection.shapes;

import static java.lang.Math.PI;
import static java.lang.Math.abs;
import static java.lang.Math.atan2;
import static java.lang.Math.hypot;
import static java.lang.Math.max;
import static java.lang.Math.min;
import static java.lang.Math.sin;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The shapes of the Shapes world, with the outlines that {@code datasets/shapes/world.py} defines.
 */
enum ShapeKind {
  CIRCLE((x, y) -> hypot(x, y) <= 1),
  SQUARE((x, y) -> max(abs(x), abs(y)) <= 1),
  TRIANGLE((x, y) -> y <= 1 && 2 * abs(x) <= y + 1),
  STAR((x, y) -> hypot(x, y) <= starRadius(abs(atan2(x, -y)))),
  RING((x, y) -> hypot(x, y) <= 1 && hypot(x, y) >= 0.55),
  CROSS((x, y) -> min(abs(x), abs(y)) <= 0.33 && max(abs(x), abs(y)) <= 1),
  DIAMOND((x, y) -> abs(x) + abs(y) <= 1),
  HEART((x, y) -> cube(x * x + y * y - 1) + x * x * cube(y) <= 0);

  /** A test of which points are inside; x goes right and y goes down, both from -1.5 to 1.5. */
  private interface Outline {
    boolean contains(double x, double y);
  }

  private final double[] template;

  ShapeKind(Outline outline) {
    template = draw(outline).scale();
  }

  private static Patch draw(Outline outline) {
    double perUnit = 256;
    int size = (int) (3 * perUnit) + 1;
    int[] inside =
        IntStream.range(0, size * size)
            .filter(
                point ->
                    outline.contains(point % size / perUnit - 1.5, point / size / perUnit - 1.5))
            .toArray();
    return new Patch(size, size, inside);
  }

  /**
   * Returns the distance from the centre of a five-pointed star to its outline.
   *
   * @param angle the angle from its upper tip, 0 to pi; the left half mirrors the right one
   */
  private static double starRadius(double angle) {
    double inner = 0.45; // from the centre to the notches; the tips are at 1
    double notch = PI / 5;
    double fromTip = abs(abs(angle % (2 * notch) - notch) - notch);
    return inner * sin(notch) / (inner * sin(notch - fromTip) + sin(fromTip));
  }

  private static double cube(double value) {
    return value * value * value;
  }

  /**
   * Finds the shape that fits a patch best.
   *
   * @param scaled the patch as {@link Patch#scale} returns it
   */
  static ShapeKind findBestFit(double[] scaled) {
    return Arrays.stream(values())
        .max(Comparator.comparingDouble(shape -> shape.score(scaled)))
        .orElseThrow();
  }

  /**
   * Scores how well a patch fits this shape: the intersection over union of both, 0..1.
   *
   * @param scaled the patch as {@link Patch#scale} returns it
   */
  double score(double[] scaled) {
    double intersection = 0;
    double union = 0;
    for (int cell = 0; cell < template.length; cell++) {
      intersection += min(scaled[cell], template[cell]);
      union += max(scaled[cell], template[cell]);
    }
    return intersection / union;
  }
}
