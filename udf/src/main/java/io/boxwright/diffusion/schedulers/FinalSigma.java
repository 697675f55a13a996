package io.boxwright.diffusion.schedulers;

import static java.util.Objects.requireNonNullElse;

import java.util.List;

/** {@code final_sigmas_type}: the noise left after the last step. */
enum FinalSigma {
  /** None. */
  ZERO,
  /** That of timestep 0. */
  SIGMA_MIN;

  /** The type that a configuration names, {@link #ZERO} by default. */
  static FinalSigma of(SchedulerConfig config) {
    String name = requireNonNullElse(config.finalSigmasType(), "zero");
    UnsupportedConfig.oneOf(List.of("zero", "sigma_min"), "final_sigmas_type", name);
    return name.equals("zero") ? ZERO : SIGMA_MIN;
  }

  /** Its deviation. */
  double sigma(NoiseSchedule noiseSchedule) {
    return this == ZERO ? 0 : noiseSchedule.sigma(0);
  }
}
