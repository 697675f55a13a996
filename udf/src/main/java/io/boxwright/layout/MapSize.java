package io.boxwright.layout;

/**
 * Rows and columns of an attention map.
 *
 * @param height rows
 * @param width columns
 */
public record MapSize(int height, int width) {

  /**
   * The size of a map that is only known by its number of positions: the latents' size, halved and
   * rounded up until it fits, as the UNet's convolutions halve it.
   *
   * @param latentHeight rows of the latents
   * @param latentWidth columns of the latents
   * @param positions {@code height * width}
   * @throws IllegalArgumentException if no level of the UNet has so many positions
   */
  public static MapSize of(int latentHeight, int latentWidth, int positions) {
    int height = latentHeight;
    int width = latentWidth;
    while ((long) height * width > positions) {
      height = (height + 1) / 2;
      width = (width + 1) / 2;
    }
    if (height * width != positions) {
      throw new IllegalArgumentException(
          "Latents of %d x %d have no map of %d positions"
              .formatted(latentHeight, latentWidth, positions));
    }
    return new MapSize(height, width);
  }

  /** Number of positions. */
  public int positions() {
    return height * width;
  }
}
