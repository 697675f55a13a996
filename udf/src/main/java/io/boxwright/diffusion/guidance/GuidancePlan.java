package io.boxwright.diffusion.guidance;

/**
 * A plan of when {@link BackwardGuidanceRun} updates the latents, and how far.
 *
 * @param lossScale the factor that the loss is multiplied by before its gradient is taken
 * @param lossThreshold the loss at which a row is no longer guided
 * @param maxGuidanceSteps the number of first denoising steps that are guided
 * @param maxIterationsPerStep the largest number of updates in a guided step
 * @param stopRule the rule for a loss equal to the threshold
 */
record GuidancePlan(
    double lossScale,
    double lossThreshold,
    int maxGuidanceSteps,
    int maxIterationsPerStep,
    StopRule stopRule) {

  /**
   * Returns the same plan with the threshold in the precision of the losses, so that a device and
   * its host agree on which rows are finished.
   */
  GuidancePlan inFloatPrecision() {
    return new GuidancePlan(
        lossScale, (float) lossThreshold, maxGuidanceSteps, maxIterationsPerStep, stopRule);
  }

  /** Returns the largest number of updates in step {@code i}. */
  int iterations(int i) {
    return i < maxGuidanceSteps ? maxIterationsPerStep : 0;
  }

  /** Returns whether a row with this loss is finished. */
  boolean isFinished(double loss) {
    return stopRule == StopRule.AT_THRESHOLD ? loss <= lossThreshold : loss < lossThreshold;
  }
}
