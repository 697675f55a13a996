package io.boxwright.diffusion.models.attention;

/**
 * Rows and columns of an attention map.
 *
 * @param height rows
 * @param width columns
 */
public record MapSize(int height, int width) {

  /** Returns the number of positions. */
  public int positions() {
    return height * width;
  }

  /**
   * Returns the size of the next level, after a convolution that halves.
   *
   * @param padding its {@code downsample_padding}: with 1 it rounds odd sizes up, with 0 down
   */
  public MapSize halve(int padding) {
    return new MapSize((height + padding) / 2, (width + padding) / 2);
  }
}
