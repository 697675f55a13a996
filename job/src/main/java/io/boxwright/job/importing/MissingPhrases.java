package io.boxwright.job.importing;

/** The treatment of a phrase that its prompt does not have. */
public enum MissingPhrases {
  /** It stays in the table, and generation refuses the row. */
  KEEP,
  /** It is appended to the prompt, as {@code "| phrase"}. */
  APPEND
}
