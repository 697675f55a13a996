package io.boxwright.diffusion.schedulers;

/** The settings of Euler, LMS, Heun and KDPM2. Their runs are computed in float32. */
interface VarianceExplodingSettings extends SchedulerSettings {

  /**
   * Returns the noise of a run that visits the {@code spaced} timesteps, or others with the same
   * ends.
   */
  SigmaSteps sigmaSteps(double[] spaced);

  /** Returns the spacing of the sigmas. */
  SigmaSpacing spacing();

  /** Returns the timesteps and the noise of a run. */
  default SigmaSteps steps(InferenceSteps chosen) {
    spacing().requireFree(chosen);
    double[] spaced = SigmaSteps.toFloat32(common().spacedTimesteps(chosen));
    SigmaSteps steps = sigmaSteps(spaced);
    return new SigmaSteps(
        SigmaSteps.toFloat32(steps.timesteps()), SigmaSteps.toFloat32(steps.sigmas()));
  }

  @Override
  default double[] timesteps(InferenceSteps steps) {
    return steps(steps).timesteps();
  }
}
