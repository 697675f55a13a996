package io.boxwright.job.output;

/**
 * An error that says that another run has taken the output folder, or that the lock was removed. A
 * driver that meets it stops and touches nothing more in the folder. The message names the folder
 * and, if known, the driver that has it.
 */
public final class LockLostException extends RuntimeException {

  private static final long serialVersionUID = 1;

  LockLostException(String message) {
    super(message);
  }
}
