package io.boxwright.diffusion.schedulers;

import static io.boxwright.diffusion.loading.ConfigValues.require;

/**
 * A beta distribution with two equal shapes, which is symmetric around 1/2.
 *
 * @param shape both shapes, greater than 0
 */
record SymmetricBeta(double shape) {

  /** The distribution of {@code use_beta_sigmas}. */
  static final SymmetricBeta SIGMAS = new SymmetricBeta(0.6);

  SymmetricBeta {
    require(shape > 0 && Double.isFinite(shape), "shape", shape, "a finite number greater than 0");
  }

  /** Returns the value that a share of the distribution, 0 to 1, is below: 0 to 1. */
  double quantile(double share) {
    if (share == 0) {
      return 0;
    }
    return share > 0.5 ? 1 - quantile(1 - share) : lowerQuantile(share);
  }

  /** Halves [0, 1/2] until no double is left between the ends. */
  private double lowerQuantile(double share) {
    double wanted = 2 * share * mass(0.5);
    double low = 0;
    double high = 0.5;
    double middle = 0.25;
    while (low < middle && middle < high) {
      if (mass(middle) < wanted) {
        low = middle;
      } else {
        high = middle;
      }
      middle = (low + high) / 2;
    }
    return high;
  }

  /**
   * Integrates {@code (y (1 - y)) ^ (shape - 1)} from 0 to {@code x}, at most 1/2, by the power
   * series of {@code (1 - y) ^ (shape - 1)}.
   */
  private double mass(double x) {
    double term = 1;
    double sum = 1 / shape;
    for (int n = 1; Math.abs(term) > 1e-18; n++) {
      term *= (n - shape) / n * x;
      sum += term / (shape + n);
    }
    return Math.pow(x, shape) * sum;
  }
}
