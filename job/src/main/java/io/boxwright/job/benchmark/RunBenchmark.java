package io.boxwright.job.benchmark;

import ai.djl.Device;
import ai.djl.util.Utils;
import io.boxwright.diffusion.pipelines.LayoutGuidanceStableDiffusionPipeline;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.report.BenchmarkResult;
import io.boxwright.job.report.ConsoleLines;
import io.boxwright.text.Count;
import io.boxwright.torch.LibTorch;
import io.boxwright.udf.executor.OutOfDeviceMemoryException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * The action that loads a pipeline and times its batches.
 *
 * <p>On a GPU the batches are made twice: at full speed for their total times, and with a wait for
 * the GPU at the end of every stage for the times of stages. On the CPU the same batches give both.
 */
public final class RunBenchmark {

  private final BenchmarkModel model;
  private final BenchmarkSettings settings;
  private final Optional<BenchmarkDetector> detector;
  private final PrintWriter console;

  /**
   * Runs on a model.
   *
   * @param detector what looks at the images of each batch, if anything does
   * @param console the writer that progress is printed to
   */
  public RunBenchmark(
      BenchmarkModel model,
      BenchmarkSettings settings,
      Optional<BenchmarkDetector> detector,
      PrintWriter console) {
    this.model = model;
    this.settings = settings;
    this.detector = detector;
    this.console = console;
  }

  /**
   * Loads the model, measures, and closes it again.
   *
   * @throws InvalidInputException naming the device or option that cannot be used
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is missing or not
   *     supported
   */
  public BenchmarkResult execute() {
    announce();
    long start = System.nanoTime();
    try (LayoutGuidanceStableDiffusionPipeline pipeline = load()) {
      double loadSeconds = BatchTimes.secondsSince(start);
      say("Loaded %s in %.1f s", model.name(), loadSeconds);
      return runInTemporaryFolder(folder -> measureAll(pipeline, folder, loadSeconds));
    }
  }

  private BenchmarkResult measureAll(
      LayoutGuidanceStableDiffusionPipeline pipeline, Path folder, double loadSeconds) {
    if (detector.isEmpty()) {
      return measure(pipeline, folder, loadSeconds, Optional.empty());
    }
    try (BenchmarkDetector.Loaded loaded = detector.get().loader().apply(device())) {
      return measure(pipeline, folder, loadSeconds, Optional.of(loaded));
    }
  }

  /** Prints the batches that will be made. */
  private void announce() {
    say(
        "Batches of %s, %s: %d warm-up, %d timed%s",
        Count.of(settings.batchSize().mostOn(device()), "image"),
        settings.options().inferenceSteps().describe(),
        settings.warmups(),
        settings.repetitions(),
        device().isGpu() ? ", and as many again for the times of stages" : "");
  }

  private LayoutGuidanceStableDiffusionPipeline load() {
    try {
      return check(model.load());
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(e.getMessage(), e);
    }
  }

  private LayoutGuidanceStableDiffusionPipeline check(
      LayoutGuidanceStableDiffusionPipeline pipeline) {
    try {
      pipeline.checkOptions(settings.options());
      return pipeline;
    } catch (IllegalArgumentException e) {
      pipeline.close();
      throw e;
    }
  }

  private interface Measurement {
    BenchmarkResult measure(Path folder);
  }

  /**
   * Runs with a folder that is removed afterwards, also when the process is told to end meanwhile.
   */
  private static BenchmarkResult runInTemporaryFolder(Measurement measurement) {
    Path folder;
    try {
      folder = Files.createTempDirectory("boxwright-bench");
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make a folder for temporary files", e);
    }
    ShutdownHookManager.get()
        .addShutdownHook(() -> Utils.deleteQuietly(folder), FileSystem.SHUTDOWN_HOOK_PRIORITY);
    try {
      return measurement.measure(folder);
    } finally {
      Utils.deleteQuietly(folder);
    }
  }

  private BenchmarkResult measure(
      LayoutGuidanceStableDiffusionPipeline pipeline,
      Path folder,
      double loadSeconds,
      Optional<BenchmarkDetector.Loaded> loaded) {
    BatchRunner runner = warmUp(pipeline, folder, loaded, settings.batchSize().mostOn(device()));
    List<BatchTimes> timed = repeat(runner, settings.repetitions(), "Batch");
    List<BatchTimes> staged = timed;
    if (device().isGpu()) {
      pipeline.stableDiffusion().waitAtStages();
      staged = repeat(runner, settings.repetitions(), "Batch with stages apart");
    }
    return new Evaluation(
            model, settings, detector.map(BenchmarkDetector::name), pipeline.stableDiffusion())
        .evaluate(loadSeconds, timed, staged);
  }

  /**
   * Warms up. As long as memory is too small, it frees what the pipeline keeps, then halves the
   * number of rows, as a run does.
   */
  private BatchRunner warmUp(
      LayoutGuidanceStableDiffusionPipeline pipeline,
      Path folder,
      Optional<BenchmarkDetector.Loaded> loaded,
      int rows) {
    BatchRunner runner = new BatchRunner(pipeline, settings, rows, folder, loaded);
    try {
      repeat(runner, settings.warmups(), "Warm-up");
      return runner;
    } catch (RuntimeException e) {
      if (!OutOfDeviceMemoryException.says(e)) {
        throw e;
      }
      boolean freed = pipeline.freeMemory();
      LibTorch.emptyCache(device());
      if (rows == 1 && !freed) {
        throw e;
      }
      say("Memory is too small for %s%s", Count.of(rows, "row"), freed ? " with CUDA graphs" : "");
      return warmUp(pipeline, folder, loaded, freed ? rows : rows / 2);
    }
  }

  private List<BatchTimes> repeat(BatchRunner runner, int times, String what) {
    List<BatchTimes> batches = new ArrayList<>();
    for (int i = 1; i <= times; i++) {
      batches.add(runner.run());
      say("%s %d of %d: %.3f s", what, i, times, batches.get(i - 1).seconds());
    }
    return batches;
  }

  private Device device() {
    return model.options().device();
  }

  private void say(String format, Object... values) {
    new ConsoleLines(console).print(format, values);
  }
}
