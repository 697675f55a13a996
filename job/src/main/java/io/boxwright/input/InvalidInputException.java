package io.boxwright.input;

/**
 * Something that a person asked for cannot be done, found before any task was started. The message
 * names the file, column or value and needs no stack trace.
 */
public final class InvalidInputException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With a message for people. */
  public InvalidInputException(String message) {
    super(message);
  }

  /** With a message for people, and what was behind it. */
  public InvalidInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
