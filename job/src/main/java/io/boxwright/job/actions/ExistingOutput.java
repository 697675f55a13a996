package io.boxwright.job.actions;

/** The treatment of images that an output folder holds already. */
public enum ExistingOutput {
  /** They stay, and missing ones are made. The folder's plan has to be that of this run. */
  RESUME,
  /** They stay as with {@link #RESUME}, and failed ones are made again. */
  RETRY_ERRORS,
  /** They are removed. */
  OVERWRITE
}
