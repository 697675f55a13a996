package io.boxwright.diffusion.models.attention;

import io.boxwright.text.Count;

/**
 * The sizes of the attention maps of a UNet's levels: the latents' size, halved level by level.
 *
 * @param height rows of the latents
 * @param width columns of the latents
 * @param padding {@code downsample_padding} of the convolutions that halve: with 1 they round odd
 *     sizes up, with 0 down
 */
public record MapSizes(int height, int width, int padding) {

  /**
   * Finds the size of a map from its number of positions.
   *
   * @param positions {@code height * width}
   * @throws IllegalArgumentException if no level of the UNet has that many positions
   */
  public MapSize of(int positions) {
    int rows = height;
    int columns = width;
    while ((long) rows * columns > positions) {
      rows = (rows + padding) / 2;
      columns = (columns + padding) / 2;
    }
    if (rows * columns != positions) {
      throw new IllegalArgumentException(
          "Latents of %d x %d have no map of %s"
              .formatted(height, width, Count.of(positions, "position")));
    }
    return new MapSize(rows, columns);
  }
}
