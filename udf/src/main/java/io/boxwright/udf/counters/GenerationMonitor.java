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
 * How far a generation is, seen from the driver. Counts include the rows that running tasks have
 * made, as of the last heartbeat of their executor ({@code spark.executor.heartbeatInterval}, 10 s
 * by default); those of an attempt that failed fall away again. May be used by any thread, during
 * the job and after it.
 */
public final class GenerationMonitor implements AutoCloseable {

  private final SparkContext context;
  private final GenerationCounters counters;
  private final RunningTasks runningTasks = new RunningTasks();

  public GenerationMonitor(SparkContext context) {
    this.context = context;
    this.counters = new GenerationCounters(context);
    context.addSparkListener(runningTasks);
  }

  /** What the tasks count in: for code that runs in them and adds to a stage's time. */
  public GenerationCounters counters() {
    return counters;
  }

  /** Rows of the image table that are done, failed ones included. */
  public long images() {
    return sum(counters.images);
  }

  /** Those of {@link #images} that have status error. */
  public long failed() {
    return sum(counters.failed);
  }

  /** Those of {@link #failed} that the checks refused: the row itself is wrong. */
  public long refused() {
    return sum(counters.refused);
  }

  /**
   * Messages of failed rows and how often they occur, without what is quoted in them and without
   * numbers: {@code Invalid token index #}. Beyond 100 different ones they count as {@code
   * (others)}.
   */
  public Map<String, Long> errors() {
    Map<String, Long> errors = new HashMap<>(longs(counters.refusals));
    failures().forEach((message, count) -> errors.merge(message, count, Long::sum));
    return errors;
  }

  /** As {@link #errors}, of rows that failed while they were made: those not refused by checks. */
  public Map<String, Long> failures() {
    return longs(counters.failures);
  }

  /**
   * Where executors loaded the pipeline, such as {@code executor 0 on gpu0}; those that had it
   * already are not in it, nor are running tasks.
   */
  public List<String> loads() {
    return List.copyOf(counters.loads.value());
  }

  /** The time that went into each stage, summed over all tasks; those without any are left out. */
  public Map<Stage, Duration> stages() {
    Map<Stage, Duration> stages = new EnumMap<>(Stage.class);
    longs(counters.stages)
        .forEach((name, nanos) -> stages.put(Stage.valueOf(name), Duration.ofNanos(nanos)));
    return stages;
  }

  /** The most memory that was in use on a GPU, in bytes; empty without GPU. */
  public OptionalLong peakDeviceBytes() {
    return peak(GenerationCounters.DEVICE);
  }

  /** The most memory that an executor's process held, in bytes; empty where it cannot be told. */
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

  /** Stops listening to running tasks; counts are those of ended tasks from then on. */
  @Override
  public void close() {
    context.removeSparkListener(runningTasks);
  }
}
