package io.boxwright.udf.counters;

import ai.djl.Device;
import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.udf.table.ImageOutcome;
import java.io.Serializable;
import java.time.Duration;
import java.util.regex.Pattern;
import org.apache.spark.SparkContext;
import org.apache.spark.util.AccumulatorV2;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;

/**
 * The counts of tasks that make images, in Spark's accumulators. They travel with the tasks; {@link
 * GenerationMonitor} reads them on the driver.
 */
public final class GenerationCounters implements Serializable {

  /** The key of the peak of an executor's memory. */
  static final String HOST = "host";

  /** The key of the peak of a GPU's memory. */
  static final String DEVICE = "device";

  private static final long serialVersionUID = 1;
  private static final int MOST_MESSAGES = 100;
  private static final int LONGEST_MESSAGE = 300;

  /**
   * Text in quotes, which may contain apostrophes. Quotes do not touch the text around them, and
   * after a closing quote the next one opens.
   */
  private static final Pattern QUOTED =
      Pattern.compile(
          "(?<![\\p{L}\\p{N}])'.*?'(?![\\p{L}\\p{N}'])(?![^']*[^\\s(\\[']')", Pattern.DOTALL);

  final LongAccumulator images = new LongAccumulator();
  final LongAccumulator failed = new LongAccumulator();
  final LongAccumulator refused = new LongAccumulator();
  final LongAccumulator unsafe = new LongAccumulator();
  final LongsByKey failures = new LongsByKey(LongsByKey.Merge.SUM, MOST_MESSAGES);
  final LongsByKey refusals = new LongsByKey(LongsByKey.Merge.SUM, MOST_MESSAGES);
  final LongsByKey stages = new LongsByKey(LongsByKey.Merge.SUM, Stage.values().length);
  final LongsByKey peaks = new LongsByKey(LongsByKey.Merge.MAX, 2);
  final CollectionAccumulator<String> loads = new CollectionAccumulator<>();
  final CollectionAccumulator<Long> tasks = new CollectionAccumulator<>();

  /** Registers the accumulators; Spark's pages show those with names. */
  public GenerationCounters(SparkContext context) {
    context.register(images, "images");
    context.register(failed, "failed images");
    context.register(refused, "refused images");
    context.register(unsafe, "images made black");
    context.register(loads, "Loaded pipelines");
    for (AccumulatorV2<?, ?> unnamed : new AccumulatorV2<?, ?>[] {failures, refusals, stages}) {
      context.register(unnamed);
    }
    context.register(peaks);
    context.register(tasks);
  }

  /** Adds to the time that went into a stage; may be called from any thread of a task. */
  public void add(Stage stage, Duration time) {
    stages.add(stage.name(), time.toNanos());
  }

  /** Records the task that counts from now on. */
  public void start(long taskAttemptId) {
    tasks.add(taskAttemptId);
  }

  /** Records where a pipeline was loaded and how long that took. */
  public void addLoad(String place, Duration time) {
    loads.add(place);
    add(Stage.LOAD, time);
  }

  /** Measures the memory in use. */
  public void measureMemory(Device device) {
    PeakMemory.ofProcess().ifPresent(bytes -> peaks.add(HOST, bytes));
    PeakMemory.ofDevice(device).ifPresent(bytes -> peaks.add(DEVICE, bytes));
  }

  /** Counts a row of the image table. */
  public void count(ImageOutcome outcome) {
    images.add(1);
    if (outcome.error() != null) {
      failed.add(1);
      (outcome.refused() ? refusals : failures).add(pattern(outcome.error()), 1);
    }
    if (outcome.refused()) {
      refused.add(1);
    }
    if (outcome.image() != null && outcome.image().nsfw().orElse(false)) {
      unsafe.add(1);
    }
  }

  /** Returns the common part of messages about different rows: without quoted texts and numbers. */
  static String pattern(String message) {
    String pattern = QUOTED.matcher(message).replaceAll("'...'").replaceAll("\\d+([.,]\\d+)*", "#");
    return pattern.substring(0, Math.min(pattern.length(), LONGEST_MESSAGE));
  }
}
