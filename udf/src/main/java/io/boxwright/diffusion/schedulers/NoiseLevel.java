package io.boxwright.diffusion.schedulers;

/**
 * The mixture of original and noise in latents at one timestep: {@code x = signal * original +
 * noise * epsilon}.
 *
 * @param signal weight of the original, diffusers' {@code alpha_t}
 * @param noise weight of standard normal noise, diffusers' {@code sigma_t}
 */
record NoiseLevel(double signal, double noise) {

  /**
   * Returns the level of latents to which noise of deviation {@code sigma} was added: Euler, LMS.
   */
  static NoiseLevel varianceExploding(double sigma) {
    return new NoiseLevel(1, sigma);
  }

  /**
   * Returns the level of latents of variance 1 whose share {@code alphaCumprod} is signal: PNDM,
   * DDIM.
   */
  static NoiseLevel variancePreserving(double alphaCumprod) {
    return new NoiseLevel(Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod));
  }

  /** Returns the level of {@link #varianceExploding} latents scaled to variance 1: DPM-Solver. */
  static NoiseLevel ofScaledSigma(double sigma) {
    double signal = 1 / Math.sqrt(sigma * sigma + 1);
    return new NoiseLevel(signal, sigma * signal);
  }

  /** Returns the square of the latents' deviation. */
  double variance() {
    return signal * signal + noise * noise;
  }
}
