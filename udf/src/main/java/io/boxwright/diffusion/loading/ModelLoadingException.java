package io.boxwright.diffusion.loading;

import io.boxwright.text.Printable;
import io.boxwright.text.Redaction;

/**
 * A model folder cannot be used. The message names the part, the file and what is wrong with it, in
 * one line without control characters and secrets, whatever the folder holds.
 */
public final class ModelLoadingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Says what is wrong and what to do. */
  public ModelLoadingException(String message) {
    super(Printable.line(Redaction.of(message)));
  }

  /** Says what is wrong and keeps the cause. */
  public ModelLoadingException(String message, Throwable cause) {
    super(Printable.line(Redaction.of(message)), cause);
  }
}
