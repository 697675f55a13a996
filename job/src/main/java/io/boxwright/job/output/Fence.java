package io.boxwright.job.output;

import java.util.Optional;

/**
 * Lets one driver alone, and its tasks, write into a folder: the one whose lock is there. A driver
 * that was paused for so long that another took the folder finds that out here, before it writes.
 *
 * @param token of the run
 * @param term of the driver
 */
record Fence(String token, long term) {

  /** So long a file system may take to replace a lock that it cannot replace in one step. */
  private static final long REPLACING_MILLIS = 500;

  /** What {@link #toString} gave. */
  static Fence parse(String text) {
    String[] parts = text.split(":");
    return new Fence(parts[0], Long.parseLong(parts[1]));
  }

  /**
   * Checks that the lock is there and is no newer driver's. One that is damaged or an older
   * driver's is still ours: the next heartbeat writes it again.
   *
   * @throws LockLostException if it is lost
   */
  void check(RunFolder folder) {
    if (isAbsent(folder) && isAbsentForGood(folder)) {
      throw new LockLostException(
          ("The lock of output folder %s is gone, so another run may have it: this one has stopped"
                  + " and has touched nothing there since")
              .formatted(folder.path()));
    }
    winner(folder)
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

  /** Who has taken the folder from us. Of two in the same term the later to write has it. */
  private Optional<LockHolder> winner(RunFolder folder) {
    try {
      return folder
          .read(RunFolder.LOCK, LockHolder.class)
          .filter(holder -> !holder.token().equals(token) && holder.term() >= term);
    } catch (DamagedFileException e) {
      return Optional.empty();
    }
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return token + ":" + term;
  }
}
