package io.boxwright.job.importing;

/** The treatment of a row that generation refuses. */
public enum InvalidRows {
  /** It stays in the table, so that the images have an error in its place. */
  KEEP,
  /** It is left out of the table. */
  DROP
}
