package io.boxwright.diffusion.schedulers;

/** The settings of Euler, LMS, Heun and KDPM2. Their runs are computed in float32. */
interface VarianceExplodingSettings extends SchedulerSettings {

  /**
   * Returns the noise of a run that visits the {@code spaced} timesteps, or others with the same
   * ends.
   */
  SigmaSteps sigmaSteps(double[] spaced);

  /** Returns the timesteps and the noise of a run. */
  default SigmaSteps steps(int numInferenceSteps) {
    double[] spaced = SigmaSteps.toFloat32(common().spacedTimesteps(numInferenceSteps));
    SigmaSteps steps = sigmaSteps(spaced);
    return new SigmaSteps(
        SigmaSteps.toFloat32(steps.timesteps()), SigmaSteps.toFloat32(steps.sigmas()));
  }

  @Override
  default double[] timesteps(int numInferenceSteps) {
    return steps(numInferenceSteps).timesteps();
  }
}
