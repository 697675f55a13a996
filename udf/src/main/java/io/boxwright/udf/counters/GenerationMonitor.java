package io.boxwright.udf.counters;

import io.boxwright.diffusion.pipelines.Stage;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * The progress of a generation, seen from the driver. Counts include the rows of running tasks, as
 * of the last heartbeat of their executor ({@code spark.executor.heartbeatInterval}, 10 s by
 * default); the rows of a failed attempt are subtracted again. Any thread may use it, during the
 * job and afterwards.
 */
public final class GenerationMonitor implements AutoCloseable {

  private final SparkContext context;
  private final GenerationCounters counters;
  private final RunningTasks runningTasks = new RunningTasks();

  /** Makes counters and listens to running tasks until closed. */
  public GenerationMonitor(SparkContext context) {
    this.context = context;
    this.counters = new GenerationCounters(context);
    context.addSparkListener(runningTasks);
  }

  /** Returns the counters of the tasks, for code that runs in them and adds to a stage's time. */
  public GenerationCounters counters() {
    return counters;
  }

  /** Returns the number of rows of the image table that are done, failed ones included. */
  public long images() {
    return sum(counters.images);
  }

  /** Returns the number of those of {@link #images} that have status error. */
  public long failed() {
    return sum(counters.failed);
  }

  /**
   * Returns the number of those of {@link #failed} that the checks refused because the row itself
   * is wrong.
   */
  public long refused() {
    return sum(counters.refused);
  }

  /** Returns the number of images that the safety checker made black. */
  public long unsafe() {
    return sum(counters.unsafe);
  }

  /**
   * Returns the messages of failed rows and how often they occur, without quoted text and without
   * numbers: {@code Invalid token index #}. Beyond 100 different messages, further ones count as
   * {@code (others)}.
   */
  public Map<String, Long> errors() {
    Map<String, Long> errors = new HashMap<>(longs(counters.refusals));
    failures().forEach((message, count) -> errors.merge(message, count, Long::sum));
    return errors;
  }

  /**
   * Returns the same as {@link #errors}, but only of rows that failed while they were made, not of
   * those that the checks refused.
   */
  public Map<String, Long> failures() {
    return longs(counters.failures);
  }

  /**
   * Returns where executors loaded the pipeline, such as {@code executor 0 on gpu0}, without
   * executors that had it already and without loads in running tasks.
   */
  public List<String> loads() {
    return List.copyOf(counters.loads.value());
  }

  /**
   * Returns the time that went into each stage, summed over all tasks; stages without any are left
   * out.
   */
  public Map<Stage, Duration> stages() {
    Map<Stage, Duration> stages = new EnumMap<>(Stage.class);
    longs(counters.stages)
        .forEach((name, nanos) -> stages.put(Stage.valueOf(name), Duration.ofNanos(nanos)));
    return stages;
  }

  /** Returns the most memory that was in use on a GPU, in bytes; empty without a GPU. */
  public OptionalLong peakDeviceBytes() {
    return peak(GenerationCounters.DEVICE);
  }

  /**
   * Returns the most memory that an executor's process held, in bytes; empty where that is unknown.
   */
  public OptionalLong peakHostBytes() {
    return peak(GenerationCounters.HOST);
  }

  private OptionalLong peak(String key) {
    Long peak = longs(counters.peaks).get(key);
    return peak == null ? OptionalLong.empty() : OptionalLong.of(peak);
  }

  private long sum(LongAccumulator accumulator) {
    return accumulator.sum()
        + runningTasks
            .values(accumulator.id(), new HashSet<>(counters.tasks.value()))
            .mapToLong(Long.class::cast)
            .sum();
  }

  private Map<String, Long> longs(LongsByKey accumulator) {
    LongsByKey sum = accumulator.copy();
    runningTasks
        .values(accumulator.id(), new HashSet<>(counters.tasks.value()))
        .forEach(value -> ((Map<?, ?>) value).forEach((key, n) -> sum.add((String) key, (Long) n)));
    return sum.value();
  }

  /** Stops listening to running tasks; from then on, counts are those of ended tasks. */
  @Override
  public void close() {
    context.removeSparkListener(runningTasks);
  }
}
