package io.boxwright.job.exporting;

/** What happens to things that a dataset may have or not. */
public enum Treatment {
  /** They stay. */
  KEEP,
  /** They are left out. */
  DROP
}
