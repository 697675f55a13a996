package io.boxwright.diffusion.schedulers;

import io.boxwright.diffusion.loading.ConfigValues;

/**
 * The noise levels of "Elucidating the Design Space of Diffusion-Based Generative Models" (Karras
 * et al., 2022), equation 5.
 */
final class KarrasSigmas {

  private static final double RHO = 7;

  private KarrasSigmas() {}

  /**
   * {@code count} sigmas from {@code sigmaMax} down to {@code sigmaMin}.
   *
   * @throws IllegalArgumentException if several of them do not go down
   */
  static double[] between(double sigmaMax, double sigmaMin, int count) {
    ConfigValues.require(
        count == 1 || sigmaMax > sigmaMin,
        "sigma_max",
        sigmaMax,
        "greater than sigma_min, " + sigmaMin);
    double rootOfMin = Math.pow(sigmaMin, 1 / RHO);
    double rootOfMax = Math.pow(sigmaMax, 1 / RHO);
    double[] sigmas = new double[count];
    for (int i = 0; i < count; i++) {
      double ramp = count == 1 ? 0 : i / (double) (count - 1);
      sigmas[i] = Math.pow(rootOfMax + ramp * (rootOfMin - rootOfMax), RHO);
    }
    return sigmas;
  }
}
