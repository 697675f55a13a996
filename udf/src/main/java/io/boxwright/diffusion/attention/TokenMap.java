package io.boxwright.diffusion.attention;

import io.boxwright.diffusion.models.attention.MapSize;
import io.boxwright.text.Count;

/**
 * Where one token of one row was attended to in one layer: mean over heads and denoising steps.
 *
 * @param layer path of the attention
 * @param size rows and columns
 * @param values one a cell, row by row, at least 0
 */
public record TokenMap(String layer, MapSize size, float[] values) {

  /** Checks the number of values. */
  public TokenMap {
    if (values.length != size.positions()) {
      throw new IllegalArgumentException(
          "A map of %d x %d cells has %s"
              .formatted(size.height(), size.width(), Count.of(values.length, "value")));
    }
  }

  /** Sum of all cells. */
  public double mass() {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
