package io.boxwright.job.actions;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.RootCause;
import io.boxwright.job.report.ConsoleLines;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The wait until a cluster runs a first, empty task. Spark itself would wait forever for an
 * executor that no machine can give.
 */
public final class ExecutorWait {

  private static final Duration USUAL = Duration.ofSeconds(30);

  private static final String STOPPED = "Spark stopped before one came";

  private final SparkConf conf;
  private final Duration usual;
  private final Duration limit;
  private final ConsoleLines console;

  /**
   * Waits with Spark's settings.
   *
   * @param limit the longest wait, more than 0
   * @param console the writer of a notice when the wait takes more than half a minute
   * @throws InvalidInputException if the limit is not more than 0
   */
  public ExecutorWait(SparkConf conf, Duration limit, PrintWriter console) {
    this(conf, USUAL, limit, console);
  }

  ExecutorWait(SparkConf conf, Duration usual, Duration limit, PrintWriter console) {
    if (limit.compareTo(Duration.ZERO) <= 0) {
      throw new InvalidInputException(
          "Invalid executor timeout: %d s, it must be more than 0".formatted(limit.toSeconds()));
    }
    this.conf = conf;
    this.usual = usual;
    this.limit = limit;
    this.console = new ConsoleLines(console);
  }

  /**
   * Waits, unless the master is a local one.
   *
   * @throws InvalidInputException if no executor comes, naming the resources that were requested
   */
  public void await(SparkSession spark) {
    if (spark.sparkContext().isLocal()) {
      return;
    }
    spark.sparkContext().setJobDescription("Waiting for an executor");
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    await(context.parallelize(List.of(0), 1).countAsync(), spark.sparkContext()::isStopped);
    spark.sparkContext().setJobDescription(null);
  }

  /**
   * Waits for a task.
   *
   * @param stopped tells whether Spark has stopped; the error of the task is then not the cause
   */
  void await(Future<?> firstTask, BooleanSupplier stopped) {
    try {
      if (!endsWithin(firstTask, min(usual, limit), stopped)) {
        announce();
        if (!endsWithin(firstTask, limit.minus(min(usual, limit)), stopped)) {
          throw new InvalidInputException(
              "No executor within %d s (--executor-timeout): %s. %s"
                  .formatted(limit.toSeconds(), describeRequest(), describeRemedy()));
        }
      }
    } finally {
      firstTask.cancel(true);
    }
  }

  private void announce() {
    if (usual.compareTo(limit) < 0) {
      console.print(
          "No executor after %d s: %s. %s. Waiting for up to %d s in all (--executor-timeout)",
          usual.toSeconds(), describeRequest(), describeRemedy(), limit.toSeconds());
    }
  }

  private boolean endsWithin(Future<?> task, Duration time, BooleanSupplier stopped) {
    try {
      task.get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      String problem = stopped.getAsBoolean() ? STOPPED : RootCause.message(e.getCause());
      throw makeFailure(problem, e);
    } catch (CancellationException e) {
      throw makeFailure(STOPPED, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw makeFailure("the wait was interrupted", e);
    }
  }

  private InvalidInputException makeFailure(String problem, Exception cause) {
    return new InvalidInputException(
        "No executor: %s; %s".formatted(problem, describeRequest()), cause);
  }

  private String describeRequest() {
    String resources =
        Arrays.stream(conf.getAllWithPrefix("spark.executor.resource."))
            .filter(entry -> entry._1().endsWith(".amount"))
            .map(entry -> ", spark.executor.resource." + entry._1() + "=" + entry._2())
            .sorted()
            .collect(Collectors.joining());
    return "%s was asked for executors with spark.executor.cores=%s, spark.executor.memory=%s%s"
        .formatted(
            conf.get("spark.master"),
            conf.get("spark.executor.cores", "(default)"),
            conf.get("spark.executor.memory", "1g"),
            resources);
  }

  private static String describeRemedy() {
    return "If no machine has that much free, ask for less; for machines without GPUs see"
        + " conf/standalone-cpu.conf";
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
