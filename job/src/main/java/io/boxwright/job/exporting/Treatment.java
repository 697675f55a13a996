package io.boxwright.job.exporting;

/** The choice to keep or drop things that a dataset may have or not. */
public enum Treatment {
  /** They stay. */
  KEEP,
  /** They are left out. */
  DROP
}
