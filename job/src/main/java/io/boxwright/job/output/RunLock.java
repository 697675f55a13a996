package io.boxwright.job.output;

import io.boxwright.job.input.InvalidInputException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock of an output folder, which lets only one driver work there. The driver that takes it has
 * a higher term than every earlier one, and gives signs of life until the lock is closed. Another
 * driver may take the lock over when the holder's process has certainly ended. It may also do so
 * when the holder has given no sign of life for {@link #STALE} by the file system's own clock, and
 * gives none while the lock is watched.
 *
 * <p>A driver may be paused for so long that another takes its folder. Therefore the holder of a
 * lock writes only through {@link #folder}, which checks before each write that the lock still
 * holds. If two drivers take it in the same instant, the one that wrote first finds the other's
 * name in it.
 */
public final class RunLock implements AutoCloseable {

  /** The time between two signs of life. */
  static final Duration HEARTBEAT = Duration.ofSeconds(3);

  /** The time after its last sign of life from which a driver counts as gone. */
  static final Duration STALE = Duration.ofMinutes(5);

  /** The time that a silent lock is watched, a little longer than two signs of life take. */
  static final Duration WATCH = HEARTBEAT.multipliedBy(5).dividedBy(2);

  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);

  private final RunFolder folder;
  private final Runnable onLost;
  private final Heartbeat heartbeat;
  private volatile LockHolder holder;

  private RunLock(RunFolder folder, LockHolder holder, Runnable onLost) {
    this.folder = folder;
    this.holder = holder;
    this.onLost = onLost;
    this.heartbeat = new Heartbeat("renew the lock of " + folder.path(), HEARTBEAT, this::beat);
  }

  /**
   * Takes the lock of a folder, and gives signs of life from then on.
   *
   * @param application Spark's id
   * @param onLost the action, possibly repeated, when another run has taken the folder
   * @throws InvalidInputException if a run that may be alive holds it; the message names that run
   */
  public static RunLock take(RunFolder folder, String application, Runnable onLost) {
    return take(folder, application, onLost, WATCH);
  }

  /** Takes the lock like {@link #take}, and watches a silent lock for {@code watch}. */
  static RunLock take(RunFolder folder, String application, Runnable onLost, Duration watch) {
    Optional<FoundLock> before = FoundLock.in(folder);
    before.ifPresent(lock -> requireGone(folder, lock, watch));
    LockHolder self = LockHolder.self(nextTerm(folder, before), application);
    folder.write(RunFolder.LOCK, self);
    requireOurs(folder, self);
    return new RunLock(folder.fenced(self.fence()), self, onLost);
  }

  private static void requireGone(RunFolder folder, FoundLock lock, Duration watch) {
    Instant now = folder.readClock();
    switch (lock.judge(now)) {
      case GONE ->
          LOG.warn("The process has ended, its lock is taken over: {}", lock.describe(now));
      case SILENT -> {
        watch(folder, lock, now, watch);
        LOG.warn("The lock is taken over: {}", lock.describe(now));
      }
      case ALIVE -> throw held(folder, lock, now);
    }
  }

  /** Waits for a sign of life, because the driver may be alive and the clock may have jumped. */
  private static void watch(RunFolder folder, FoundLock lock, Instant now, Duration watch) {
    LOG.warn("The lock is old, and is watched for {} s: {}", toSeconds(watch), lock.describe(now));
    try {
      Thread.sleep(watch.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw held(folder, lock, now);
    }
    FoundLock.in(folder)
        .filter(again -> !again.equals(lock))
        .ifPresent(
            renewed -> {
              throw held(folder, renewed, folder.readClock());
            });
  }

  private static long nextTerm(RunFolder folder, Optional<FoundLock> before) {
    long lock = before.map(FoundLock::term).orElse(0L);
    long record = RunRecord.read(folder).map(RunRecord::term).orElse(0L);
    return 1 + Math.max(Math.max(lock, record), Manifest.findNewestTerm(folder));
  }

  private static void requireOurs(RunFolder folder, LockHolder self) {
    try {
      self.fence().check(folder);
    } catch (LockLostException e) {
      throw new InvalidInputException(
          "Output folder %s was taken by another run in the same instant; try again later"
              .formatted(folder.path()),
          e);
    }
  }

  /**
   * Returns the folder for the holder of the lock; each write and removal first checks that the
   * lock still holds.
   */
  public RunFolder folder() {
    return folder;
  }

  /** Returns the entry of this process in the lock. */
  LockHolder holder() {
    return holder;
  }

  /** Gives a sign of life, or reports that the lock is lost. */
  private void beat() {
    try {
      renew();
    } catch (LockLostException e) {
      LOG.info("{}", e.getMessage());
      onLost.run();
    }
  }

  /**
   * Gives a sign of life.
   *
   * @throws LockLostException if another run has taken the folder
   */
  synchronized void renew() {
    holder = holder.renewed();
    folder.write(RunFolder.LOCK, holder);
  }

  /** Returns the error if another run has taken the folder; nothing if that cannot be found out. */
  public Optional<LockLostException> lost() {
    try {
      holder.fence().check(folder);
      return Optional.empty();
    } catch (LockLostException e) {
      return Optional.of(e);
    } catch (RuntimeException e) {
      LOG.warn("Cannot find out who has the folder: {}", e.toString());
      return Optional.empty();
    }
  }

  /** Ends the signs of life and frees the folder, unless another run has taken it. */
  @Override
  public void close() {
    heartbeat.close();
    try {
      new Staging(folder).removeIfEmpty(); // a last sign of life may have made it again
      folder.delete(RunFolder.LOCK);
    } catch (LockLostException e) {
      LOG.debug("It is another's lock", e);
    }
  }

  private static InvalidInputException held(RunFolder folder, FoundLock lock, Instant now) {
    return new InvalidInputException(
        ("Output folder %s is in use: %s. Wait for it, end it, or name another folder. If its driver"
                + " is dead, give this command again in %d s")
            .formatted(
                folder.path(),
                lock.describe(now),
                Math.max(1, lock.untilSilent(now).toSeconds() + 1)));
  }

  private static double toSeconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
