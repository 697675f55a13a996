package io.boxwright.diffusion.layout;

/**
 * A box in an image, relative to the image's size, with the origin at the top left.
 *
 * @param xMin the left edge, 0..1
 * @param yMin the top edge, 0..1
 * @param xMax the right edge, 0..1, greater than {@code xMin}
 * @param yMax the bottom edge, 0..1, greater than {@code yMin}
 */
public record BoundingBox(double xMin, double yMin, double xMax, double yMax) {

  /**
   * Checks the edges.
   *
   * @throws IllegalArgumentException naming the edge that is not a number, outside 0..1, or on the
   *     wrong side of its opposite
   */
  public BoundingBox {
    requireRelative("x_min", xMin);
    requireRelative("y_min", yMin);
    requireRelative("x_max", xMax);
    requireRelative("y_max", yMax);
    requireOrder("x_min", xMin, "x_max", xMax);
    requireOrder("y_min", yMin, "y_max", yMax);
  }

  /**
   * Returns the area that both boxes cover divided by the area that at least one covers, 0..1.
   * Boxes whose areas are too small for a number share all or nothing.
   */
  public double intersectionOverUnion(BoundingBox other) {
    double width = Math.min(xMax, other.xMax) - Math.max(xMin, other.xMin);
    double height = Math.min(yMax, other.yMax) - Math.max(yMin, other.yMin);
    double shared = Math.max(width, 0) * Math.max(height, 0);
    double covered = area() + other.area() - shared;
    if (covered == 0) {
      return equals(other) ? 1 : 0;
    }
    return shared / covered;
  }

  /** Returns whether the centre of another box lies in this one, edges included. */
  public boolean containsCentreOf(BoundingBox other) {
    double x = (other.xMin + other.xMax) / 2;
    double y = (other.yMin + other.yMax) / 2;
    return xMin <= x && x <= xMax && yMin <= y && y <= yMax;
  }

  private double area() {
    return (xMax - xMin) * (yMax - yMin);
  }

  private static void requireRelative(String edge, double value) {
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("Invalid box: " + edge + " is not a number");
    }
    if (value < 0 || value > 1) {
      throw new IllegalArgumentException(
          "Invalid box: %s is %s, but boxes are relative to the image, 0..1"
              .formatted(edge, value));
    }
  }

  private static void requireOrder(String lowName, double low, String highName, double high) {
    if (low == high) {
      throw new IllegalArgumentException(
          "Invalid box: zero area, %s and %s are both %s".formatted(lowName, highName, low));
    }
    if (low > high) {
      throw new IllegalArgumentException(
          "Invalid box: inverted, %s %s is greater than %s %s"
              .formatted(lowName, low, highName, high));
    }
  }
}
