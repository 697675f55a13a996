package io.boxwright.diffusion.guidance;

/**
 * When {@link BackwardGuidanceRun} updates the latents, and how far.
 *
 * @param lossScale what the loss is multiplied by before its gradient is taken
 * @param lossThreshold a row whose loss has come down to this is not guided any more
 * @param maxGuidanceSteps how many of the first denoising steps are guided
 * @param maxIterationsPerStep how many updates a guided step makes at most
 * @param stopRule whether a loss equal to the threshold stops the guidance
 */
record GuidancePlan(
    double lossScale,
    double lossThreshold,
    int maxGuidanceSteps,
    int maxIterationsPerStep,
    StopRule stopRule) {

  /**
   * The same with a threshold in the losses' precision: a device and its host agree on which rows
   * are finished.
   */
  GuidancePlan inFloatPrecision() {
    return new GuidancePlan(
        lossScale, (float) lossThreshold, maxGuidanceSteps, maxIterationsPerStep, stopRule);
  }

  /** How many updates step {@code i} makes at most. */
  int iterations(int i) {
    return i < maxGuidanceSteps ? maxIterationsPerStep : 0;
  }

  /** Whether a row with this loss is finished. */
  boolean finished(double loss) {
    return stopRule == StopRule.AT_THRESHOLD ? loss <= lossThreshold : loss < lossThreshold;
  }
}
