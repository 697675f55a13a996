package io.boxwright.diffusion.schedulers;

import static io.boxwright.diffusion.loading.ConfigValues.require;

import java.util.Optional;

/**
 * The noise levels of "Elucidating the Design Space of Diffusion-Based Generative Models" (Karras
 * et al., 2022), equation 5.
 *
 * @param sigmaMin {@code sigma_min}: the lowest, greater than 0; empty for the one that the betas
 *     give
 * @param sigmaMax {@code sigma_max}: the highest, greater than {@code sigma_min}; empty for the one
 *     that the betas give
 */
record KarrasSigmas(Optional<Double> sigmaMin, Optional<Double> sigmaMax) {

  private static final double RHO = 7;

  KarrasSigmas {
    sigmaMin.ifPresent(min -> requirePositive("sigma_min", min));
    sigmaMax.ifPresent(max -> requirePositive("sigma_max", max));
    if (sigmaMin.isPresent() && sigmaMax.isPresent()) {
      require(
          sigmaMin.get() < sigmaMax.get(),
          "sigma_min",
          sigmaMin.get(),
          "less than sigma_max, " + sigmaMax.get());
    }
  }

  private static void requirePositive(String key, double sigma) {
    require(sigma > 0 && Double.isFinite(sigma), key, sigma, "a finite number greater than 0");
  }

  /** Reads the keys. */
  static KarrasSigmas read(SchedulerConfig config) {
    return new KarrasSigmas(config.number("sigma_min"), config.number("sigma_max"));
  }

  /**
   * Returns {@code count} sigmas from {@code sigma_max} down to {@code sigma_min}.
   *
   * @param otherMax the value in place of an empty {@code sigma_max}
   * @param otherMin the value in place of an empty {@code sigma_min}
   * @throws IllegalArgumentException if there are several and they do not go down
   */
  double[] orBetween(double otherMax, double otherMin, int count) {
    return between(sigmaMax.orElse(otherMax), sigmaMin.orElse(otherMin), count);
  }

  /**
   * Returns {@code count} sigmas from {@code sigmaMax} down to {@code sigmaMin}.
   *
   * @throws IllegalArgumentException if there are several and they do not go down
   */
  static double[] between(double sigmaMax, double sigmaMin, int count) {
    require(
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
