package io.boxwright.job.exporting;

/** Where the boxes of a dataset come from. */
public enum BoxSource {
  /** The layouts of the prompts. */
  REQUESTED,
  /** The detections of an evaluation. */
  DETECTED,
  /** The boxes of the layouts with which a detection agrees. */
  MATCHED;

  /** Returns whether an evaluation is needed. */
  public boolean needsEvaluation() {
    return this != REQUESTED;
  }
}
