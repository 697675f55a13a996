package io.boxwright.udf.generate;

import io.boxwright.threads.DaemonThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A guard that ends a task whose batch takes too long. A native call cannot be interrupted, so an
 * executor ends its process, and Spark tries the task again elsewhere. If the driver is the
 * executor, Spark cancels the stage instead, and the thread stays behind.
 */
final class Watchdog {

  /** The exit code of an executor whose batch took too long. Spark itself does not use it. */
  static final int EXIT_CODE = 86;

  /** Spark's id of the executor that is the driver. */
  private static final String DRIVER = "driver";

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("batch-watchdog"));

  private final Duration timeout;

  /**
   * Creates a watchdog.
   *
   * @param timeout the longest time of a batch; zero means that there is no limit
   */
  Watchdog(Duration timeout) {
    this.timeout = timeout;
  }

  /** The watch over one batch. Closing it ends the watch. */
  interface Watch extends AutoCloseable {

    @Override
    void close();
  }

  /**
   * Watches a batch that this thread makes.
   *
   * @param ids the ids of its rows
   * @param task the task that makes the batch
   * @return the watch, which the caller closes when the batch is made
   */
  Watch watch(List<String> ids, TaskContext task) {
    if (timeout.isZero()) {
      return () -> {};
    }
    Thread worker = Thread.currentThread();
    ScheduledFuture<?> alarm =
        TIMER.schedule(() -> endTask(worker, task, ids), timeout.toMillis(), TimeUnit.MILLISECONDS);
    return () -> alarm.cancel(false);
  }

  private void endTask(Thread worker, TaskContext task, List<String> ids) {
    String reason =
        "A batch took more than %d s, rows %s: see --batch-timeout"
            .formatted(timeout.toSeconds(), ids);
    LOG.error("{}. Its thread is at\n{}", reason, describeStack(worker));
    if (DRIVER.equals(SparkEnv.get().executorId())) {
      SparkContext.getOrCreate().cancelStage(task.stageId(), reason);
    } else {
      Runtime.getRuntime().halt(EXIT_CODE); // shutdown hooks could hang, too
    }
  }

  private static String describeStack(Thread thread) {
    return Stream.of(thread.getStackTrace())
        .map(frame -> "\tat " + frame)
        .collect(Collectors.joining("\n"));
  }
}
