package io.boxwright.job.output;

import io.boxwright.text.Count;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;

/**
 * The lock of a folder as it was found, with what it tells about its driver.
 *
 * @param holder the driver that holds it; nothing if the file is damaged
 * @param modified the time when it was written, by the file system's clock
 * @param bytes the length of the file
 */
public record FoundLock(Optional<LockHolder> holder, Instant modified, long bytes) {

  /** The judgement of a driver by its lock. */
  public enum Verdict {
    /** The driver has given a sign of life, and nothing proves that it is gone. */
    ALIVE,
    /** The driver has given no sign of life for a long time: it is gone, or was paused. */
    SILENT,
    /** The process of the driver has certainly ended. */
    GONE
  }

  /** Finds the lock of a folder, if there is one. */
  public static Optional<FoundLock> in(RunFolder folder) {
    Optional<FileStatus> status = folder.status(RunFolder.LOCK);
    if (status.isEmpty()) {
      return Optional.empty();
    }
    Instant modified = Instant.ofEpochMilli(status.get().getModificationTime());
    try {
      return folder
          .read(RunFolder.LOCK, LockHolder.class)
          .map(holder -> new FoundLock(Optional.of(holder), modified, status.get().getLen()));
    } catch (DamagedFileException e) {
      return Optional.of(new FoundLock(Optional.empty(), modified, status.get().getLen()));
    }
  }

  /**
   * Judges the driver of the lock.
   *
   * @param now the time by the file system's clock
   */
  public Verdict judge(Instant now) {
    if (holder.isPresent() && holder.get().process().isGone()) {
      return Verdict.GONE;
    }
    return untilSilent(now).isNegative() ? Verdict.SILENT : Verdict.ALIVE;
  }

  /**
   * Returns how long the driver counts as alive without a further sign of life; negative if it is
   * silent.
   */
  Duration untilSilent(Instant now) {
    // A time in the future comes from a wrong clock. Such a lock must not hold for ever.
    return RunLock.STALE.minus(Duration.between(modified, now).abs());
  }

  /** Returns whether the file is intact and names its driver. */
  public boolean isWhole() {
    return holder.isPresent();
  }

  /** Returns the term of the driver; 0 if the file is damaged. */
  long term() {
    return holder.map(LockHolder::term).orElse(0L);
  }

  /**
   * Describes the driver and its last sign of life, for people.
   *
   * @param now the time by the file system's clock
   */
  public String describe(Instant now) {
    Duration age = Duration.between(modified, now);
    String who =
        holder
            .map(LockHolder::toString)
            .orElse("a damaged file _lock of " + Count.of(bytes, "byte"));
    return "%s, last sign of life %s (%d s %s)"
        .formatted(
            who, modified, age.abs().toSeconds(), age.isNegative() ? "in the future" : "ago");
  }
}
