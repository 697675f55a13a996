package io.boxwright.job.output;

import io.boxwright.threads.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A timer that repeats some work until it is closed, even if the work fails: a full disk, which
 * Hadoop's local file system reports as an {@link Error}, must not end a driver's signs of life. It
 * logs the first failure, and the first success after that.
 */
final class Heartbeat implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final String what;
  private final Duration interval;
  private final Runnable work;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("boxwright-heartbeat"));
  private boolean failing;

  /**
   * Starts the timer; the work begins after the first interval.
   *
   * @param what the work in words that follow {@code Cannot}, for the log
   * @param interval the time between the end of one repetition and the start of the next
   * @param work the work to repeat
   */
  Heartbeat(String what, Duration interval, Runnable work) {
    this.what = what;
    this.interval = interval;
    this.work = work;
    // Not at a fixed rate: a driver that wakes after minutes has nothing to catch up with.
    timer.scheduleWithFixedDelay(
        this::beat, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void beat() {
    try {
      work.run();
      if (failing) {
        LOG.warn("This works again: {}", what);
        failing = false;
      }
    } catch (Throwable e) { // an error that escapes would silently end the timer
      if (!failing) {
        LOG.warn(
            "Cannot {}, tries again every {} s: {}",
            what,
            intervalSeconds(),
            e.getMessage() == null ? e : e.getMessage());
        failing = true;
      }
    }
  }

  private double intervalSeconds() {
    return interval.toMillis() / 1000.0;
  }

  /** Ends the timer. Waits for running work, but no longer than one interval. */
  @Override
  public void close() {
    timer.shutdown();
    try {
      timer.awaitTermination(interval.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
