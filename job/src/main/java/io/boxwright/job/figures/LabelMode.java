package io.boxwright.job.figures;

/** The way in which a detector looks for several labels. */
public enum LabelMode {
  /** Each label in a pass of its own, so that labels do not compete for a place. */
  ALONE,

  /** All labels in one pass: each place gets the label that fits it best. */
  TOGETHER
}
