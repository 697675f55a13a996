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
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orderly end of a command whose process is told to end, as by Ctrl-C. It cancels Spark's jobs,
 * waits until the run has left its folder, and says in one line how to go on. A run that does not
 * leave is also recorded as interrupted, and loses its lock, without which it writes nothing.
 *
 * <p>Hadoop runs the shutdown hooks of a process one by one, the highest priority first. This one
 * comes before Spark stops and before file systems are closed.
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
   * Watches for the end of the process until it is closed.
   *
   * @param console the writer of the line that says that the command was stopped
   * @param command the command, for people, that goes on
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
   * @param <T> the type of its result
   * @param <E> the exception that it may throw besides unchecked ones
   */
  @FunctionalInterface
  public interface Step<T, E extends Exception> {

    /** Does the step. */
    T get() throws E;
  }

  /**
   * Does some work of the command.
   *
   * @throws E if the work throws it
   * @throws RunStoppedException if the process was told to end, in place of the exception of the
   *     work that this broke off
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
   * Does the work of an action, whose run ends when the process is told to end.
   *
   * @param given the stop of the command; null if the action has one of its own
   * @param console the writer of an own stop
   * @param command the command, for people, that goes on
   * @param context the context whose jobs are cancelled
   * @throws RunStoppedException if the process was told to end
   */
  static <T> T runAction(
      OrderlyStop given,
      PrintWriter console,
      String command,
      SparkContext context,
      Function<Run, T> work) {
    if (given != null) {
      return given.runAction(context, work);
    }
    try (OrderlyStop own = new OrderlyStop(console, command)) {
      return own.runAction(context, work);
    }
  }

  private <T> T runAction(SparkContext context, Function<Run, T> work) {
    return during(
        () -> {
          try (Run begun = begin(context)) {
            return work.apply(begun);
          }
        });
  }

  /**
   * Notes that a run begins. The caller closes it when it has left its folder.
   *
   * @param context the context whose jobs are cancelled
   * @throws RunStoppedException if the process has been told to end already
   */
  Run begin(SparkContext context) {
    run = new Run(context);
    requireWanted(); // as after every note, because the end may have come before it
    return run;
  }

  private void requireWanted() {
    if (requested) {
      throw new RunStoppedException(null);
    }
  }

  /** Ends the run. The process ends when this returns. */
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
    private volatile Supplier<String> otherWork;

    /** The parts of a run that makes images in the folder. */
    private record Work(RunRecorder recorder, ChunkTable chunks, RunPlan plan) {}

    private Run(SparkContext context) {
      this.context = context;
    }

    /**
     * Notes that the run has the lock of its folder.
     *
     * @throws RunStoppedException if the process has been told to end already
     */
    void noteLock(RunLock value) {
      lock = value;
      requireWanted();
    }

    /**
     * Notes that the run makes images.
     *
     * @throws RunStoppedException if the process has been told to end already, after recording it
     */
    void noteWork(RunRecorder recorder, ChunkTable chunks, RunPlan plan) {
      work = new Work(recorder, chunks, plan);
      if (requested) {
        recorder.interrupted();
      }
      requireWanted();
    }

    /**
     * Notes the progress of work that is no run.
     *
     * @param description supplies what is done, such as {@code 3 of 4 images}
     * @throws RunStoppedException if the process has been told to end already
     */
    void noteProgress(Supplier<String> description) {
      otherWork = description;
      requireWanted();
    }

    private void stop() {
      context.setLogLevel("OFF"); // jobs and tasks fail now because they are told to
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
          cancelJobs(); // again, because the run may have been between two jobs
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
      if (otherWork != null) {
        return ": %s done".formatted(otherWork.get());
      }
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
