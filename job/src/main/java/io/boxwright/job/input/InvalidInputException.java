package io.boxwright.job.input;

import io.boxwright.text.Redaction;

/**
 * Something that a person asked for cannot be done, found before any task was started. The message
 * names the file, column or value and needs no stack trace.
 */
public final class InvalidInputException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With a message for people; secrets are taken out. */
  public InvalidInputException(String message) {
    super(Redaction.of(message));
  }

  /** With a message for people, from which secrets are taken out, and what caused it. */
  public InvalidInputException(String message, Throwable cause) {
    super(Redaction.of(message), cause);
  }
}
