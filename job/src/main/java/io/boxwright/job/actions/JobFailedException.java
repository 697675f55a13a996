package io.boxwright.job.actions;

import io.boxwright.text.Redaction;

/**
 * A job was started and failed as a whole. The message says in one line why; the stack trace,
 * mostly Spark's own, is in the log.
 */
public final class JobFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With a message for people, from which secrets are taken out, and what caused it. */
  public JobFailedException(String message, Throwable cause) {
    super(Redaction.of(message), cause);
  }
}
