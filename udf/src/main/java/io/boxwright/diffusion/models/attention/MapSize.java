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
}
