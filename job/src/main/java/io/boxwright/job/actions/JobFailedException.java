package io.boxwright.job.actions;

import io.boxwright.text.Redaction;

/**
 * The failure of a job as a whole, after its start. The message says why; the stack trace, mostly
 * Spark's own, is in the log.
 */
public final class JobFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Takes a message for people, from which it removes secrets, and the cause. */
  public JobFailedException(String message, Throwable cause) {
    super(Redaction.of(message), cause);
  }
}
