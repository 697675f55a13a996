package io.boxwright.job.output;

import io.boxwright.threads.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does something again and again until it is closed, whatever happens: a full disk, which Hadoop's
 * local file system reports as an {@link Error}, must not end a driver's signs of life. Says once
 * that it cannot, and once that it can again.
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
   * Starts to work after the first interval.
   *
   * @param what is done, as in {@code Cannot ...}
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
    } catch (Throwable e) { // what is thrown here would end the timer without a word
      if (!failing) {
        LOG.warn(
            "Cannot {}, tries again every {} s: {}",
            what,
            seconds(),
            e.getMessage() == null ? e : e.getMessage());
        failing = true;
      }
    }
  }

  private double seconds() {
    return interval.toMillis() / 1000.0;
  }

  /** Waits for what is being done, for one interval at most. */
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
