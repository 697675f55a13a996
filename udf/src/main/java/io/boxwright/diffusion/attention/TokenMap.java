package io.boxwright.diffusion.attention;

import io.boxwright.diffusion.models.attention.MapSize;
import io.boxwright.text.Count;

/**
 * The attention to one token of one row in one layer, averaged over heads and denoising steps.
 *
 * @param layer the path of the attention
 * @param size the rows and columns of the map
 * @param values the attention of each cell, row by row, at least 0
 */
public record TokenMap(String layer, MapSize size, float[] values) {

  /** Checks the number of values. */
  public TokenMap {
    if (values.length != size.positions()) {
      throw new IllegalArgumentException(
          "A map of %d x %d cells cannot have %s"
              .formatted(size.height(), size.width(), Count.of(values.length, "value")));
    }
  }

  /** Returns the sum of all cells. */
  public double mass() {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
