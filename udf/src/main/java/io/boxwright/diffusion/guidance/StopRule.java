package io.boxwright.diffusion.guidance;

/** The rule for when a row is finished. */
public enum StopRule {
  /** At a loss less than or equal to the threshold. */
  AT_THRESHOLD,
  /** At a loss less than the threshold. */
  BELOW_THRESHOLD
}
