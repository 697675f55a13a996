package io.boxwright.job.actions;

/** The process was told to end, and the run has left its folder in order. It has said so itself. */
public final class RunStoppedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what the end of the process broke off. */
  RunStoppedException(Throwable cause) {
    super("The run was stopped", cause);
  }
}
