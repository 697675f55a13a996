package io.boxwright.job.output;

import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * A fence that lets only one driver and its tasks write into a folder: the driver that holds the
 * lock. A driver may be paused for so long that another takes the folder. It finds that out here,
 * before it writes.
 *
 * @param token the unique token of the run
 * @param term the term of the driver
 */
record Fence(String token, long term) {

  /** The time that a file system may need to replace a lock, if it cannot do so in one step. */
  private static final long REPLACING_MILLIS = 500;

  /** The key under which the configuration of tasks has the fence of their driver. */
  static final String KEY = "boxwright.output.fence";

  /** Returns the fence in a configuration, if it has one. */
  static Optional<Fence> of(Configuration configuration) {
    return Optional.ofNullable(configuration.get(KEY)).map(Fence::parse);
  }

  /** Parses the text that {@link #toString} returns. */
  static Fence parse(String text) {
    String[] parts = text.split(":");
    return new Fence(parts[0], Long.parseLong(parts[1]));
  }

  /**
   * Checks that the lock exists and does not belong to a newer driver. A damaged lock, or that of
   * an older driver, is no reason to stop: the next heartbeat writes it again.
   *
   * @throws LockLostException if the lock is gone or another driver has it
   */
  void check(RunFolder folder) {
    if (isAbsent(folder) && isAbsentForGood(folder)) {
      throw new LockLostException(
          ("The lock of output folder %s is gone, so another run may have it: this one has stopped"
                  + " and has touched nothing there since")
              .formatted(folder.path()));
    }
    findWinner(folder)
        .ifPresent(
            winner -> {
              throw new LockLostException(
                  ("Output folder %s was taken by another run: %s. This one has stopped and has"
                          + " touched nothing there since")
                      .formatted(folder.path(), winner));
            });
  }

  private static boolean isAbsent(RunFolder folder) {
    return folder.status(RunFolder.LOCK).isEmpty();
  }

  private static boolean isAbsentForGood(RunFolder folder) {
    try {
      Thread.sleep(REPLACING_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return isAbsent(folder);
  }

  /**
   * Finds the driver that took the folder from us. Of two in the same term, the later writer has
   * it.
   */
  private Optional<LockHolder> findWinner(RunFolder folder) {
    try {
      return folder
          .read(RunFolder.LOCK, LockHolder.class)
          .filter(holder -> !holder.token().equals(token) && holder.term() >= term);
    } catch (DamagedFileException e) {
      return Optional.empty();
    }
  }

  /** Returns the text that {@link #parse} reads. */
  @Override
  public String toString() {
    return token + ":" + term;
  }
}
