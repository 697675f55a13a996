package io.boxwright.job.actions;

import io.boxwright.threads.DaemonThreads;
import io.boxwright.udf.counters.GenerationMonitor;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limit at which a job is cancelled because too many of its images fail. Something is then
 * systematically wrong, and the rest would fail, too. Only images that failed while they were made
 * count. Rows that the checks refused are wrong themselves and say nothing about the others.
 *
 * <p>The limit holds for the jobs that this thread starts until the limit is closed.
 */
final class FailureLimit implements AutoCloseable {

  /** The share that may fail by default, 0 to 1. */
  static final double USUAL_SHARE = 0.05;

  /** The fewest failures that count: fewer are bad luck, whatever their share. */
  static final int LEAST_FAILURES = 20;

  private static final Logger LOG = LoggerFactory.getLogger(FailureLimit.class);
  private static final int MOST_MESSAGES = 10;

  /** The properties that {@link SparkContext#setJobGroup} sets. */
  private static final String[] JOB_PROPERTIES = {
    "spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel"
  };

  private final SparkContext context;
  private final GenerationMonitor monitor;
  private final double maxFailedShare;
  private final String jobGroup = "boxwright-" + UUID.randomUUID();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("failure-limit"));
  private final String[] before;
  private volatile String exceeded;

  /**
   * Starts to check, every second.
   *
   * @param maxFailedShare the largest share of the tried images that may fail, 0 to 1
   * @param description the description of the jobs, for Spark's pages
   */
  FailureLimit(
      SparkContext context, GenerationMonitor monitor, double maxFailedShare, String description) {
    this.context = context;
    this.monitor = monitor;
    this.maxFailedShare = maxFailedShare;
    before = Stream.of(JOB_PROPERTIES).map(context::getLocalProperty).toArray(String[]::new);
    context.setJobGroup(jobGroup, description, false);
    timer.scheduleWithFixedDelay(this::check, 1, 1, TimeUnit.SECONDS);
  }

  /** Returns the reason why the jobs were cancelled, if they were. */
  Optional<String> exceeded() {
    return Optional.ofNullable(exceeded);
  }

  private void check() {
    long failed = monitor.failed() - monitor.refused();
    long tried = monitor.images() - monitor.refused();
    if (exceeds(failed, tried)) {
      exceeded = describe(failed, tried);
      LOG.error("{}", exceeded);
      context.cancelJobGroup(jobGroup);
      timer.shutdown();
    }
  }

  private boolean exceeds(long failed, long tried) {
    return failed >= LEAST_FAILURES && failed > maxFailedShare * tried;
  }

  private String describe(long failed, long tried) {
    return String.format(
        Locale.ROOT,
        "%d of %d images failed, more than %s %%, see --max-failed-share. The most common errors:%n%s",
        failed,
        tried,
        100 * maxFailedShare,
        monitor.failures().entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
            .limit(MOST_MESSAGES)
            .map(error -> String.format(Locale.ROOT, "  %6d  %s", error.getValue(), error.getKey()))
            .collect(Collectors.joining(System.lineSeparator())));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    for (int i = 0; i < before.length; i++) {
      context.setLocalProperty(JOB_PROPERTIES[i], before[i]);
    }
  }
}
