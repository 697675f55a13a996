package io.boxwright.job.output;

/**
 * Another run has taken the output folder, or somebody has removed its lock. Whoever meets this
 * stops and touches nothing more in the folder. The message names the folder and who has it.
 */
public final class LockLostException extends RuntimeException {

  private static final long serialVersionUID = 1;

  LockLostException(String message) {
    super(message);
  }
}
