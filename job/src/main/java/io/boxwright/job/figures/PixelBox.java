package io.boxwright.job.figures;

import io.boxwright.diffusion.layout.BoundingBox;

/**
 * A box in pixels, with the origin at the top left.
 *
 * @param xMin the left edge
 * @param yMin the top edge
 * @param xMax the right edge
 * @param yMax the bottom edge
 */
public record PixelBox(double xMin, double yMin, double xMax, double yMax) {

  /** Scales a box to an image's size. */
  public static PixelBox of(BoundingBox box, int width, int height) {
    return new PixelBox(
        box.xMin() * width, box.yMin() * height, box.xMax() * width, box.yMax() * height);
  }

  /** Cuts the fractions of the edges off, like transformers' zero-shot pipeline does. */
  public PixelBox toWholePixels() {
    return new PixelBox(Math.floor(xMin), Math.floor(yMin), Math.floor(xMax), Math.floor(yMax));
  }

  /**
   * Returns the area that both boxes cover divided by the area that at least one covers, 0..1. The
   * edges are pixels that belong to the box, so a width is {@code xMax - xMin + 1}.
   */
  public double inclusiveOverlap(PixelBox other) {
    double width = Math.min(xMax, other.xMax) - Math.max(xMin, other.xMin) + 1;
    double height = Math.min(yMax, other.yMax) - Math.max(yMin, other.yMin) + 1;
    double shared = Math.max(width, 0) * Math.max(height, 0);
    return shared / (inclusiveArea() + other.inclusiveArea() - shared);
  }

  private double inclusiveArea() {
    return (width() + 1) * (height() + 1);
  }

  double width() {
    return xMax - xMin;
  }

  double height() {
    return yMax - yMin;
  }

  double area() {
    return width() * height();
  }

  double centreX() {
    return (xMin + xMax) / 2;
  }

  double centreY() {
    return (yMin + yMax) / 2;
  }
}
