package io.boxwright.job.actions;

import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.RunLock;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.RunRecorder;
import io.boxwright.job.report.ConsoleLines;
import io.boxwright.text.Count;
import io.boxwright.text.Redaction;
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
 * Ends a command in order when its process is told to end, as by Ctrl-C: cancels Spark's jobs,
 * waits until the run has left its folder, and says in one line how to go on. A run that does not
 * leave is recorded as interrupted all the same, and loses its lock, without which it writes
 * nothing.
 *
 * <p>Hadoop runs what is to be done at the end of a process one by one, the highest priority first.
 * This comes before Spark stops and before file systems are closed.
 */
public final class OrderlyStop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OrderlyStop.class);
  private static final int PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 100;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LONGEST = PATIENCE.multipliedBy(3);
  private static final long POLL_MILLIS = 200;

  private final PrintWriter console;
  private final String command;
  private final Runnable hook = this::stop;
  private volatile boolean requested;
  private volatile Run run;

  /**
   * Watches until it is closed.
   *
   * @param console is told that the command was stopped
   * @param command that goes on
   */
  public OrderlyStop(PrintWriter console, String command) {
    this.console = console;
    this.command = command;
    ShutdownHookManager.get()
        .addShutdownHook(hook, PRIORITY, LONGEST.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * A step of a command.
   *
   * @param <T> what it gives
   * @param <E> what it may throw besides unchecked exceptions
   */
  @FunctionalInterface
  public interface Step<T, E extends Exception> {

    /** Does it. */
    T get() throws E;
  }

  /**
   * Does some work of the command.
   *
   * @throws E as the work does
   * @throws RunStoppedException if the process was told to end, in place of what that broke off
   */
  public <T, E extends Exception> T during(Step<T, E> work) throws E {
    try {
      return work.get();
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      if (requested && !(e instanceof RunStoppedException)) {
        throw new RunStoppedException(e);
      }
      throw e;
    }
  }

  /**
   * Notes that a run begins. The caller closes it when it has left its folder.
   *
   * @param context whose jobs are cancelled
   * @throws RunStoppedException if the process was told to end before
   */
  Run begin(SparkContext context) {
    run = new Run(context);
    requireWanted(); // here, and wherever it is noted what the end has to do something about
    return run;
  }

  private void requireWanted() {
    if (requested) {
      throw new RunStoppedException(null);
    }
  }

  /** Ends what runs. The process ends when this returns. */
  void stop() {
    requested = true;
    Run running = run;
    if (running != null) {
      running.stop();
    }
    new ConsoleLines(console)
        .print(
            "Stopped%s. To go on: %s",
            running == null ? Run.NOTHING_MADE : running.progress(),
            command + Redaction.reminder(command));
    console.flush();
  }

  /** Stops watching. */
  @Override
  public void close() {
    try {
      ShutdownHookManager.get().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.debug("The process is ending", e);
    }
  }

  /** A run in one folder. */
  final class Run implements AutoCloseable {

    private static final String NOTHING_MADE = " before images were made";

    private final SparkContext context;
    private final CountDownLatch left = new CountDownLatch(1);
    private volatile RunLock lock;
    private volatile Work work;

    /** What makes images in the folder. */
    private record Work(RunRecorder recorder, ChunkTable chunks, RunPlan plan) {}

    private Run(SparkContext context) {
      this.context = context;
    }

    /**
     * Notes that the run has the lock of its folder.
     *
     * @throws RunStoppedException if the process was told to end before
     */
    void holds(RunLock value) {
      lock = value;
      requireWanted();
    }

    /**
     * Notes that the run makes images.
     *
     * @throws RunStoppedException if the process was told to end before; that is recorded
     */
    void records(RunRecorder recorder, ChunkTable chunks, RunPlan plan) {
      work = new Work(recorder, chunks, plan);
      if (requested) {
        recorder.interrupted();
      }
      requireWanted();
    }

    private void stop() {
      context.setLogLevel("OFF"); // that jobs and tasks end now is what was asked for
      if (work != null) {
        work.recorder().interrupted();
      }
      cancelUntilLeft();
      if (lock != null) {
        lock.close();
      }
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
        return NOTHING_MADE;
      }
      String images = Count.of(work.plan().images(), "image");
      return ": %d of %s done".formatted(work.chunks().scan().images(), images);
    }

    /** Notes that the run has left its folder. */
    @Override
    public void close() {
      left.countDown();
    }
  }
}
