package io.boxwright.job.actions;

/** The end of a run whose process was told to end. The stop itself has told people of it. */
public final class RunStoppedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Takes the exception of the work that the end broke off; null if there is none. */
  RunStoppedException(Throwable cause) {
    super("The run was stopped", cause);
  }
}
