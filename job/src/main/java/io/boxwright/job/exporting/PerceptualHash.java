package io.boxwright.job.exporting;

import io.boxwright.diffusion.images.PictureDecoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The difference hash (dHash) of an image, 64 bits: the image is shrunk to 9x8 grey cells by
 * averages, and each bit tells whether a cell is darker than its right neighbour. Images that look
 * alike have hashes that differ in few bits.
 */
final class PerceptualHash {

  private static final int COLUMNS = 9;
  private static final int ROWS = 8;

  private PerceptualHash() {}

  /** Returns the hash of a PNG of at least 9x8 pixels; smaller ones repeat pixels. */
  static long of(byte[] png) {
    try {
      return of(PictureDecoder.decode(png).orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the hash of an image. */
  static long of(BufferedImage image) {
    long hash = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column + 1 < COLUMNS; column++) {
        boolean darker = grey(image, column, row) < grey(image, column + 1, row);
        hash = hash << 1 | (darker ? 1 : 0);
      }
    }
    return hash;
  }

  /** Returns the number of bits in which two hashes differ, 0..64. */
  static int distance(long one, long other) {
    return Long.bitCount(one ^ other);
  }

  /** Returns the mean grey of a cell, 0..255000. */
  private static long grey(BufferedImage image, int column, int row) {
    int left = column * image.getWidth() / COLUMNS;
    int right = Math.max(left + 1, (column + 1) * image.getWidth() / COLUMNS);
    int top = row * image.getHeight() / ROWS;
    int bottom = Math.max(top + 1, (row + 1) * image.getHeight() / ROWS);
    long sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int rgb = image.getRGB(x, y);
        sum += 299L * (rgb >> 16 & 0xff) + 587L * (rgb >> 8 & 0xff) + 114L * (rgb & 0xff);
      }
    }
    return sum / ((long) (right - left) * (bottom - top));
  }
}
