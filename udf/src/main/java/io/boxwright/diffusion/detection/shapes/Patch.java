package io.boxwright.diffusion.detection.shapes;

import io.boxwright.diffusion.layout.BoundingBox;
import java.awt.Rectangle;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A set of pixels of an image.
 *
 * @param width the number of columns of the image
 * @param height the number of rows of the image
 * @param pixels the places of the pixels, counted row by row; at least one
 */
record Patch(int width, int height, int[] pixels) {

  /** The number of rows and columns that patches are scaled to before they are compared. */
  private static final int COMPARED_SIZE = 32;

  /**
   * Finds the largest connected patch of an image, or the first of equally large ones. Pixels are
   * connected across their edges, as in {@code scipy.ndimage.label}.
   *
   * @param belongs the test of whether a pixel may be in the patch
   * @return the patch, or nothing if there is no such pixel
   */
  static Optional<Patch> findLargest(int width, int height, IntPredicate belongs) {
    boolean[] left = new boolean[width * height];
    IntStream.range(0, left.length).filter(belongs).forEach(pixel -> left[pixel] = true);
    int[] connected = new int[left.length];
    int[] largest = {};
    for (int start = 0; start < left.length; start++) {
      int count = left[start] ? takeConnected(start, width, left, connected) : 0;
      if (count > largest.length) {
        largest = Arrays.copyOf(connected, count);
      }
    }
    return largest.length == 0 ? Optional.empty() : Optional.of(new Patch(width, height, largest));
  }

  /**
   * Takes a pixel, and all pixels connected to it, from those that are left.
   *
   * @param connected the array that is filled with these pixels from its start
   * @return the number of these pixels
   */
  private static int takeConnected(int start, int width, boolean[] left, int[] connected) {
    int count = take(start, left, connected, 0);
    for (int next = 0; next < count; next++) {
      int pixel = connected[next];
      boolean atLeft = pixel % width == 0;
      boolean atRight = pixel % width == width - 1;
      count = atLeft ? count : take(pixel - 1, left, connected, count);
      count = atRight ? count : take(pixel + 1, left, connected, count);
      count = take(pixel - width, left, connected, count);
      count = take(pixel + width, left, connected, count);
    }
    return count;
  }

  /**
   * Takes a pixel if it is inside the image and left. Returns the number of pixels taken so far.
   */
  private static int take(int pixel, boolean[] left, int[] connected, int count) {
    if (pixel < 0 || pixel >= left.length || !left[pixel]) {
      return count;
    }
    left[pixel] = false;
    connected[count] = pixel;
    return count + 1;
  }

  /** Returns the tight box around the pixels. */
  BoundingBox box() {
    Rectangle bounds = bounds();
    return new BoundingBox(
        bounds.getMinX() / width,
        bounds.getMinY() / height,
        bounds.getMaxX() / width,
        bounds.getMaxY() / height);
  }

  /**
   * Crops the patch to its bounds and averages it over {@link #COMPARED_SIZE} rows and columns, as
   * {@code adaptive_avg_pool2d} does. The result does not depend on the place and size of the
   * patch.
   *
   * @return the share of each cell that the patch covers, 0..1, row by row
   */
  double[] scale() {
    Rectangle bounds = bounds();
    boolean[][] cropped = new boolean[bounds.height][bounds.width];
    for (int pixel : pixels) {
      cropped[pixel / width - bounds.y][pixel % width - bounds.x] = true;
    }
    return IntStream.range(0, COMPARED_SIZE * COMPARED_SIZE)
        .mapToDouble(cell -> coverage(cropped, cell / COMPARED_SIZE, cell % COMPARED_SIZE))
        .toArray();
  }

  private static double coverage(boolean[][] cropped, int cellRow, int cellColumn) {
    int columns = cropped[0].length;
    int covered = 0;
    for (int row = start(cellRow, cropped.length); row < end(cellRow, cropped.length); row++) {
      for (int column = start(cellColumn, columns); column < end(cellColumn, columns); column++) {
        covered += cropped[row][column] ? 1 : 0;
      }
    }
    int rows = end(cellRow, cropped.length) - start(cellRow, cropped.length);
    return (double) covered / (rows * (end(cellColumn, columns) - start(cellColumn, columns)));
  }

  /** Returns the first of {@code length} pixels that a cell touches. */
  private static int start(int cell, int length) {
    return cell * length / COMPARED_SIZE;
  }

  /** Returns the pixel after the last of {@code length} pixels that a cell touches. */
  private static int end(int cell, int length) {
    return ((cell + 1) * length + COMPARED_SIZE - 1) / COMPARED_SIZE;
  }

  private Rectangle bounds() {
    int left = width;
    int top = height;
    int right = 0;
    int bottom = 0;
    for (int pixel : pixels) {
      left = Math.min(left, pixel % width);
      top = Math.min(top, pixel / width);
      right = Math.max(right, pixel % width + 1);
      bottom = Math.max(bottom, pixel / width + 1);
    }
    return new Rectangle(left, top, right - left, bottom - top);
  }
}
