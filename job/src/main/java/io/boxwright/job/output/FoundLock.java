package io.boxwright.job.output;

import io.boxwright.text.Count;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;

/**
 * The lock of a folder as somebody found it, and what it says of its driver.
 *
 * @param holder who holds it; nothing if the file is damaged
 * @param modified when it was written, by the file system's clock
 * @param bytes of the file
 */
public record FoundLock(Optional<LockHolder> holder, Instant modified, long bytes) {

  /** What a lock says of its driver. */
  public enum Verdict {
    /** It has given a sign of life, and nothing proves that it is gone. */
    ALIVE,
    /** It has given no sign of life for long: it is gone, or was paused. */
    SILENT,
    /** It is certain that its process has ended. */
    GONE
  }

  /** The lock of a folder, if there is one. */
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
   * Judges its driver.
   *
   * @param now by the clock that {@link #modified} is of, the file system's
   */
  public Verdict judge(Instant now) {
    if (holder.isPresent() && holder.get().process().isGone()) {
      return Verdict.GONE;
    }
    return untilSilent(now).isNegative() ? Verdict.SILENT : Verdict.ALIVE;
  }

  /** How long it stays {@link Verdict#ALIVE}, if it is not renewed; negative if it is not. */
  Duration untilSilent(Instant now) {
    // A time in the future is one of a clock that was wrong. It must not count for ever.
    return RunLock.STALE.minus(Duration.between(modified, now).abs());
  }

  /** Whether it says whose it is. */
  public boolean isWhole() {
    return holder.isPresent();
  }

  /** The term of its driver; 0 if the file is damaged. */
  long term() {
    return holder.map(LockHolder::term).orElse(0L);
  }

  /**
   * Who holds it, and when it gave its last sign of life, for people.
   *
   * @param now by the clock that {@link #modified} is of
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
