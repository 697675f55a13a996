package io.boxwright.diffusion.detection;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.Optional;

/**
 * A box as a detector predicts it, relative to the image's size, with the origin at the top left.
 * Unlike a {@link BoundingBox} it may leave the image.
 *
 * @param xMin the left edge
 * @param yMin the top edge
 * @param xMax the right edge, at least {@code xMin}
 * @param yMax the bottom edge, at least {@code yMin}
 */
public record PredictedBox(double xMin, double yMin, double xMax, double yMax) {

  /**
   * Checks the edges.
   *
   * @throws IllegalArgumentException if an edge is not a finite number or lies on the wrong side of
   *     its opposite
   */
  public PredictedBox {
    boolean finite = Double.isFinite(xMax - xMin) && Double.isFinite(yMax - yMin);
    if (!finite || xMin > xMax || yMin > yMax) {
      throw new IllegalArgumentException(
          "Invalid predicted box: %s, %s, %s, %s".formatted(xMin, yMin, xMax, yMax));
    }
  }

  /** Makes the prediction of a box that lies in the image. */
  public static PredictedBox of(BoundingBox box) {
    return new PredictedBox(box.xMin(), box.yMin(), box.xMax(), box.yMax());
  }

  /** Returns the part of the box that lies in the image; empty if none does. */
  public Optional<BoundingBox> inImage() {
    double left = limit(xMin);
    double top = limit(yMin);
    double right = limit(xMax);
    double bottom = limit(yMax);
    return left < right && top < bottom
        ? Optional.of(new BoundingBox(left, top, right, bottom))
        : Optional.empty();
  }

  private static double limit(double edge) {
    return Math.max(0, Math.min(edge, 1));
  }
}
