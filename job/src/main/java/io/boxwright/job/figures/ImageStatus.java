package io.boxwright.job.figures;

/** The status of an image in the image table. */
public enum ImageStatus {
  /** The image was made. */
  OK,

  /** The image was not made. It counts in no figure. */
  ERROR
}
