package io.boxwright.diffusion.schedulers;

import java.util.List;

/** {@code final_sigmas_type}: the noise left after the last step. */
enum FinalSigma {
  /** No noise. */
  ZERO,
  /** The noise of timestep 0. */
  SIGMA_MIN;

  /** Reads the key. */
  static FinalSigma read(SchedulerConfig config) {
    String name = config.oneOf("final_sigmas_type", "zero", List.of("zero", "sigma_min"));
    return name.equals("zero") ? ZERO : SIGMA_MIN;
  }

  /** Returns the deviation of the noise. */
  double sigma(NoiseSchedule noiseSchedule) {
    return this == ZERO ? 0 : noiseSchedule.sigma(0);
  }
}
