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
 * Ends a task whose batch takes too long. A native call cannot be interrupted; so an executor ends
 * its process, and Spark tries the task again elsewhere. Where the driver is the executor, the job
 * is cancelled instead, and the thread left behind.
 *
 * @param timeout of a batch; zero means none
 */
record Watchdog(Duration timeout) {

  /** How an executor ends; not one of Spark's own exit codes. */
  static final int EXIT_CODE = 86;

  /** Spark's id of the executor that is the driver. */
  private static final String DRIVER = "driver";

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("batch-watchdog"));

  /** Until it is closed, a batch is looked after. */
  interface Watch extends AutoCloseable {

    @Override
    void close();
  }

  /**
   * Looks after a batch that this thread makes.
   *
   * @param ids its rows
   * @param task that the batch is of
   */
  Watch watch(List<String> ids, TaskContext task) {
    if (timeout.isZero()) {
      return () -> {};
    }
    Thread worker = Thread.currentThread();
    ScheduledFuture<?> alarm =
        TIMER.schedule(() -> bite(worker, task, ids), timeout.toMillis(), TimeUnit.MILLISECONDS);
    return () -> alarm.cancel(false);
  }

  private void bite(Thread worker, TaskContext task, List<String> ids) {
    String reason =
        "A batch took more than %d s, rows %s: see --batch-timeout"
            .formatted(timeout.toSeconds(), ids);
    LOG.error("{}. Its thread is at\n{}", reason, stack(worker));
    if (DRIVER.equals(SparkEnv.get().executorId())) {
      SparkContext.getOrCreate().cancelStage(task.stageId(), reason);
    } else {
      Runtime.getRuntime().halt(EXIT_CODE); // shutdown hooks could hang, too
    }
  }

  private static String stack(Thread thread) {
    return Stream.of(thread.getStackTrace())
        .map(frame -> "\tat " + frame)
        .collect(Collectors.joining("\n"));
  }
}
