package io.boxwright.job.actions;

import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.RunLock;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.RunRecorder;
import io.boxwright.job.report.ConsoleLines;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a run in order when its process is told to end, as by Ctrl-C: cancels Spark's jobs, waits
 * until the run has left its folder, and says in one line how to go on. A run that does not leave
 * is recorded as interrupted all the same, and loses its lock, without which it writes nothing.
 *
 * <p>Hadoop runs what is to be done at the end of a process one by one, the highest priority first.
 * This comes before Spark stops and before file systems are closed.
 */
final class OrderlyStop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OrderlyStop.class);
  private static final int PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 100;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LONGEST = PATIENCE.multipliedBy(3);
  private static final long POLL_MILLIS = 200;

  private final SparkContext context;
  private final PrintWriter console;
  private final String again;
  private final Runnable hook = this::stop;
  private final CountDownLatch left = new CountDownLatch(1);
  private volatile boolean requested;
  private volatile RunLock lock;
  private volatile Work work;

  /** The run that makes images in the folder. */
  private record Work(RunRecorder recorder, ChunkTable chunks, RunPlan plan) {}

  /**
   * Watches until it is closed.
   *
   * @param context whose jobs are cancelled
   * @param console is told that the run was stopped
   * @param again the command that goes on
   */
  OrderlyStop(SparkContext context, PrintWriter console, String again) {
    this.context = context;
    this.console = console;
    this.again = again;
    ShutdownHookManager.get()
        .addShutdownHook(hook, PRIORITY, LONGEST.toSeconds(), TimeUnit.SECONDS);
  }

  /** Notes that the run has the lock of its folder. */
  void holds(RunLock value) {
    lock = value;
  }

  /** Notes that the run makes images. */
  void records(RunRecorder recorder, ChunkTable chunks, RunPlan plan) {
    work = new Work(recorder, chunks, plan);
  }

  /** Returns whether the process was told to end. */
  boolean requested() {
    return requested;
  }

  private void stop() {
    requested = true;
    context.setLogLevel("OFF"); // that jobs and tasks end now is what was asked for
    if (work != null) {
      work.recorder().interrupted();
    }
    cancelUntilLeft();
    if (lock != null) {
      lock.close();
    }
    new ConsoleLines(console).print("Stopped%s. To go on: %s", progress(), again);
    console.flush();
  }

  private void cancelUntilLeft() {
    long start = System.nanoTime();
    try {
      do {
        cancelJobs(); // again: the run may have been between two of them
      } while (!left.await(POLL_MILLIS, TimeUnit.MILLISECONDS)
          && System.nanoTime() - start < PATIENCE.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void cancelJobs() {
    try {
      context.cancelAllJobs();
    } catch (IllegalStateException e) {
      LOG.debug("Spark has stopped", e);
    }
  }

  private String progress() {
    if (work == null) {
      return " before images were made";
    }
    long images = work.plan().images();
    return ": %d of %d images are done".formatted(work.chunks().scan().images(), images);
  }

  /** Notes that the run has left its folder, and stops watching. */
  @Override
  public void close() {
    left.countDown();
    try {
      ShutdownHookManager.get().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("The process is ending", e);
    }
  }
}
