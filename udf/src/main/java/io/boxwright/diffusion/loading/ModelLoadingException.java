package io.boxwright.diffusion.loading;

import io.boxwright.text.Printable;
import io.boxwright.text.Redaction;

/**
 * An error that makes a model folder unusable. The message names the part, the file and what is
 * wrong with it, in one line without control characters and secrets, whatever the folder holds.
 */
public final class ModelLoadingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Makes an exception that says what is wrong and what to do. */
  public ModelLoadingException(String message) {
    super(Printable.line(Redaction.of(message)));
  }

  /** Makes an exception that says what is wrong and keeps the cause. */
  public ModelLoadingException(String message, Throwable cause) {
    super(Printable.line(Redaction.of(message)), cause);
  }
}
