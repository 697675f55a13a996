package io.boxwright.job.actions;

/** What becomes of the images that an output folder holds already. */
public enum ExistingOutput {
  /** They stay, and what is missing is made, if the folder's plan is that of this run. */
  RESUME,
  /** As {@link #RESUME}, and images that failed are made again. */
  RETRY_ERRORS,
  /** They are removed. */
  OVERWRITE
}
