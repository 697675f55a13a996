package io.boxwright.loading;

/**
 * A model folder cannot be used. The message names the part, the file and what is wrong with it.
 */
public final class ModelLoadingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Says what is wrong and what to do. */
  public ModelLoadingException(String message) {
    super(message);
  }

  /** Says what is wrong and keeps the cause. */
  public ModelLoadingException(String message, Throwable cause) {
    super(message, cause);
  }
}
