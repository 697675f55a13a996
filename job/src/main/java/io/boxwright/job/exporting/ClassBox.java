package io.boxwright.job.exporting;

import io.boxwright.job.figures.PixelBox;
import java.io.Serializable;

/**
 * A box of a dataset.
 *
 * @param label the name of its class
 * @param phrase the words that it was asked or looked for with
 * @param crowd whether it stands for several things
 * @param score the detector's score, 0..1; null for a box of the layout
 * @param xMin the left edge, 0..1
 * @param yMin the top edge, 0..1
 * @param xMax the right edge, 0..1
 * @param yMax the bottom edge, 0..1
 */
record ClassBox(
    String label,
    String phrase,
    boolean crowd,
    Double score,
    double xMin,
    double yMin,
    double xMax,
    double yMax)
    implements Serializable {

  private static final double PLACES = 1e4;

  /** Gives a class to a box. */
  static ClassBox of(ImageBox box, String label, boolean crowd) {
    return new ClassBox(
        label, box.phrase(), crowd, box.score(), box.xMin(), box.yMin(), box.xMax(), box.yMax());
  }

  /** Returns x, y, width and height in pixels, with four decimal places. */
  double[] toPixels(int width, int height) {
    double x = round(xMin * width);
    double y = round(yMin * height);
    return new double[] {x, y, round(xMax * width - x), round(yMax * height - y)};
  }

  /** Returns the first and last pixels in the box, counted from 0. */
  PixelBox toWholePixels(int width, int height) {
    double left = Math.min(Math.round(xMin * width), width - 1);
    double top = Math.min(Math.round(yMin * height), height - 1);
    return new PixelBox(
        left,
        top,
        Math.max(left, Math.round(xMax * width) - 1),
        Math.max(top, Math.round(yMax * height) - 1));
  }

  private static double round(double value) {
    return Math.round(value * PLACES) / PLACES;
  }
}
