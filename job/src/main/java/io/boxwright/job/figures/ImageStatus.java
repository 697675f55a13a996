package io.boxwright.job.figures;

/** Whether there is an image to evaluate. */
public enum ImageStatus {
  /** The image was made. */
  OK,

  /** The image was not made. It counts in no figure. */
  ERROR
}
