package io.boxwright.job.input;

import io.boxwright.text.Redaction;

/**
 * A request that cannot be fulfilled, found before any image is made. The message names the file,
 * column or value and needs no stack trace.
 */
public final class InvalidInputException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Takes a message for people, from which it removes secrets. */
  public InvalidInputException(String message) {
    super(Redaction.of(message));
  }

  /** Takes a message for people, from which it removes secrets, and the cause. */
  public InvalidInputException(String message, Throwable cause) {
    super(Redaction.of(message), cause);
  }
}
