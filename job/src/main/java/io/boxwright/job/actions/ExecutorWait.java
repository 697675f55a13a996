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
 * Waits until a cluster runs a first, empty task. Spark itself would wait for ever for an executor
 * that no machine can give.
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
   * @param limit how long
   * @param console where to say that it takes more than half a minute
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
   * @throws InvalidInputException if no executor comes, saying what was asked for
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
   * @param stopped whether Spark is; what it says then is where it was started
   */
  void await(Future<?> firstTask, BooleanSupplier stopped) {
    try {
      if (!ends(firstTask, min(usual, limit), stopped)) {
        announce();
        if (!ends(firstTask, limit.minus(min(usual, limit)), stopped)) {
          throw new InvalidInputException(
              "No executor within %d s (--executor-timeout): %s. %s"
                  .formatted(limit.toSeconds(), request(), remedy()));
        }
      }
    } finally {
      firstTask.cancel(true);
    }
  }

  private void announce() {
    if (usual.compareTo(limit) < 0) {
      console.print(
          "No executor after %d s: %s. %s. Waiting until %d s are over (--executor-timeout)",
          usual.toSeconds(), request(), remedy(), limit.toSeconds());
    }
  }

  private boolean ends(Future<?> task, Duration time, BooleanSupplier stopped) {
    try {
      task.get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      String problem = stopped.getAsBoolean() ? STOPPED : RootCause.message(e.getCause());
      throw failed(problem, e);
    } catch (CancellationException e) {
      throw failed(STOPPED, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("the wait was interrupted", e);
    }
  }

  private InvalidInputException failed(String problem, Exception cause) {
    return new InvalidInputException("No executor: %s; %s".formatted(problem, request()), cause);
  }

  private String request() {
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

  private static String remedy() {
    return "If no machine there has as much free, ask for less; for machines without GPUs see"
        + " conf/standalone-cpu.conf";
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
