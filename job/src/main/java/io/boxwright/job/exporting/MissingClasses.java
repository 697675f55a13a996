package io.boxwright.job.exporting;

/** What happens to boxes whose phrase the label map lacks. */
public enum MissingClasses {
  /** The export does not begin. */
  STOP,
  /** These boxes are left out. */
  DROP
}
