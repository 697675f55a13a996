package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.job.input.InvalidInputException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class ExecutorWaitTest {

  private static final String REQUEST =
      "spark://host:7077 was asked for executors with spark.executor.cores=4,"
          + " spark.executor.memory=4g, spark.executor.resource.gpu.amount=1";

  private final SparkConf conf =
      new SparkConf(false)
          .setMaster("spark://host:7077")
          .set("spark.executor.cores", "4")
          .set("spark.executor.memory", "4g")
          .set("spark.executor.resource.gpu.amount", "1")
          .set("spark.executor.resource.gpu.discoveryScript", "gpus.sh");
  private final StringWriter err = new StringWriter();
  private final CompletableFuture<Long> firstTask = new CompletableFuture<>();

  private ExecutorWait wait(Duration usual, Duration limit) {
    return new ExecutorWait(conf, usual, limit, new PrintWriter(err, true));
  }

  @Test
  void anExecutorThatComesSoonIsNoNews() {
    firstTask.complete(1L);

    wait(Duration.ofSeconds(30), Duration.ofMinutes(10)).await(firstTask, () -> false);

    assertThat(err.toString()).isEmpty();
  }

  @Test
  void anExecutorThatComesLateIsAnnouncedWithWhatWasAskedFor() {
    firstTask.completeOnTimeout(1L, 500, TimeUnit.MILLISECONDS);

    wait(Duration.ofMillis(50), Duration.ofMinutes(10)).await(firstTask, () -> false);

    assertThat(err.toString())
        .hasLineCount(1)
        .contains(REQUEST, "conf/standalone-cpu.conf", "600 s in all (--executor-timeout)");
  }

  @Test
  void oneThatNeverComesIsGivenUp() {
    assertThatThrownBy(
            () -> wait(Duration.ofMillis(50), Duration.ofSeconds(1)).await(firstTask, () -> false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("No executor within 1 s (--executor-timeout)", REQUEST);
    assertThat(firstTask).isCancelled();
  }

  @Test
  void aClusterThatRefusesIsQuoted() {
    firstTask.completeExceptionally(new SparkException("Master removed our application"));

    assertThatThrownBy(
            () ->
                wait(Duration.ofSeconds(30), Duration.ofMinutes(10)).await(firstTask, () -> false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("No executor: Master removed our application", REQUEST);
  }

  @Test
  void aSparkThatStoppedMeanwhileDoesNotSayWhereItWasStarted() {
    firstTask.completeExceptionally(new IllegalStateException("Cannot call methods on a stopped"));

    assertThatThrownBy(
            () -> wait(Duration.ofSeconds(30), Duration.ofMinutes(10)).await(firstTask, () -> true))
        .hasMessage("No executor: Spark stopped before one came; " + REQUEST);
  }
}
