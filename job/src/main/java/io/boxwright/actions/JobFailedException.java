package io.boxwright.actions;

/**
 * A job was started and failed as a whole. The message says in one line why; the stack trace,
 * mostly Spark's own, is in the log.
 */
public final class JobFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With a message for people, and what was behind it. */
  public JobFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
