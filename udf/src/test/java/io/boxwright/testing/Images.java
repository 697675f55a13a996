package io.boxwright.testing;

import ai.djl.ndarray.NDArray;
import java.awt.image.BufferedImage;

/** Compares images. */
public final class Images {

  private Images() {}

  /**
   * The largest difference of any channel of any pixel, 0..255.
   *
   * @param expected (H, W, 3), UINT8
   */
  public static int largestDifference(BufferedImage actual, NDArray expected) {
    int width = actual.getWidth();
    int[] values = expected.toUint8Array();
    if (values.length != 3 * width * actual.getHeight()) {
      throw new AssertionError(
          "%d x %d pixels against %s".formatted(actual.getHeight(), width, expected.getShape()));
    }
    int largest = 0;
    for (int i = 0; i < values.length; i++) {
      int rgb = actual.getRGB(i / 3 % width, i / 3 / width);
      int channel = rgb >> (16 - 8 * (i % 3)) & 0xff;
      largest = Math.max(largest, Math.abs(channel - values[i]));
    }
    return largest;
  }

  /** The largest difference of any channel of any pixel of two images of one size, 0..255. */
  public static int largestDifference(BufferedImage one, BufferedImage other) {
    int largest = 0;
    for (int y = 0; y < one.getHeight(); y++) {
      for (int x = 0; x < one.getWidth(); x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          int difference =
              (one.getRGB(x, y) >> shift & 0xff) - (other.getRGB(x, y) >> shift & 0xff);
          largest = Math.max(largest, Math.abs(difference));
        }
      }
    }
    return largest;
  }
}
