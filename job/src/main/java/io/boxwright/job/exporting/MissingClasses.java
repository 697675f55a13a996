package io.boxwright.job.exporting;

/** The treatment of boxes whose phrase the label map lacks. */
public enum MissingClasses {
  /** The export does not begin. */
  STOP,
  /** These boxes are left out. */
  DROP
}
