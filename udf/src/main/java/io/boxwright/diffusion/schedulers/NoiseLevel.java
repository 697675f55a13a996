package io.boxwright.diffusion.schedulers;

/**
 * How latents are mixed at one timestep: {@code x = signal * original + noise * epsilon}.
 *
 * @param signal weight of the original, diffusers' {@code alpha_t}
 * @param noise weight of standard normal noise, diffusers' {@code sigma_t}
 */
record NoiseLevel(double signal, double noise) {

  /** Latents to which noise of deviation {@code sigma} was added: Euler, LMS. */
  static NoiseLevel varianceExploding(double sigma) {
    return new NoiseLevel(1, sigma);
  }

  /** Latents of variance 1, of which the share {@code alphaCumprod} is signal: PNDM, DDIM. */
  static NoiseLevel variancePreserving(double alphaCumprod) {
    return new NoiseLevel(Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod));
  }

  /** {@link #varianceExploding} latents scaled to variance 1: DPM-Solver. */
  static NoiseLevel ofScaledSigma(double sigma) {
    double signal = 1 / Math.sqrt(sigma * sigma + 1);
    return new NoiseLevel(signal, sigma * signal);
  }

  /** Square of the latents' deviation. */
  double variance() {
    return signal * signal + noise * noise;
  }
}
