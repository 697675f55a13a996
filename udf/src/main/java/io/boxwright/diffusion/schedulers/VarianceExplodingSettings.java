package io.boxwright.diffusion.schedulers;

/** What Euler, Euler ancestral and LMS read. A run of theirs is computed in float32. */
interface VarianceExplodingSettings extends SchedulerSettings {

  /** The noise of a run that visits {@code spaced} timesteps, or others with the same ends. */
  SigmaSteps sigmaSteps(double[] spaced);

  /** The timesteps and the noise of a run. */
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
