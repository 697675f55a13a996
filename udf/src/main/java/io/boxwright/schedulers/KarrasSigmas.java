package io.boxwright.schedulers;

/**
 * The noise levels of "Elucidating the Design Space of Diffusion-Based Generative Models" (Karras
 * et al., 2022), equation 5.
 */
final class KarrasSigmas {

  private static final double RHO = 7;

  private KarrasSigmas() {}

  /** {@code count} sigmas from {@code sigmaMax} down to {@code sigmaMin}. */
  static double[] between(double sigmaMax, double sigmaMin, int count) {
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
