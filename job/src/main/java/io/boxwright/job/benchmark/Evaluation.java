package io.boxwright.job.benchmark;

import ai.djl.Device;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.StableDiffusionPipeline;
import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.job.output.Versions;
import io.boxwright.job.report.BenchmarkResult;
import io.boxwright.job.report.BenchmarkResult.Detection;
import io.boxwright.job.report.BenchmarkResult.Pass;
import io.boxwright.job.report.BenchmarkResult.Setup;
import io.boxwright.udf.counters.PeakMemory;
import io.boxwright.udf.executor.DeviceType;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The evaluation that turns the times of batches into a result. */
final class Evaluation {

  private static final String GUIDE = BatchTimes.name(Stage.GUIDE);
  private static final String DENOISE = BatchTimes.name(Stage.DENOISE);

  /** The stages of a batch, in their order. */
  private static final List<String> STAGES =
      EnumSet.complementOf(EnumSet.of(Stage.LOAD, Stage.DETECT)).stream()
          .map(BatchTimes::name)
          .toList();

  private static final double GIGA = 1e9;
  private static final double TERA = 1e12;

  private final BenchmarkModel model;
  private final BenchmarkSettings settings;
  private final GenerationOptions options; // with a size
  private final Optional<String> detector;
  private final UNetWork work;

  /**
   * Makes an evaluation.
   *
   * @param detector the name of what looks at the images, if anything does
   */
  Evaluation(
      BenchmarkModel model,
      BenchmarkSettings settings,
      Optional<String> detector,
      StableDiffusionPipeline pipeline) {
    this.model = model;
    this.settings = settings;
    this.detector = detector;
    this.options = pipeline.withModelSize(settings.options());
    this.work = UNetWork.of(pipeline, options);
  }

  /**
   * Evaluates batches.
   *
   * @param loadSeconds the seconds that loading took
   * @param timed the times of batches made at full speed, at least one
   * @param staged the times of batches whose stages were measured apart, at least one
   */
  BenchmarkResult evaluate(double loadSeconds, List<BatchTimes> timed, List<BatchTimes> staged) {
    int predictions = timed.get(0).predictions();
    int rows = timed.get(0).rows();
    double seconds = Median.of(timed, BatchTimes::seconds);
    Map<String, Double> stages = findMedians(staged);
    long guidedSamples = (long) settings.guidedPasses(predictions) * rows;
    long denoisedSamples = (long) predictions * rows;
    return new BenchmarkResult(
        makeSetup(rows, predictions),
        loadSeconds,
        timed.stream().map(BatchTimes::seconds).toList(),
        seconds,
        rows / seconds,
        stages,
        guidedSamples == 0 ? null : makePass(work.guidancePass(), guidedSamples, stages.get(GUIDE)),
        makePass(work.denoisePass(), denoisedSamples, stages.get(DENOISE)),
        Median.of(staged, BatchTimes::shareOutsideUnet),
        work.operations(guidedSamples, denoisedSamples)
            / Median.of(staged, BatchTimes::unetSeconds)
            / TERA,
        detector.map(name -> measureDetection(name, timed, seconds)).orElse(null),
        orNull(PeakMemory.ofProcess()),
        orNull(PeakMemory.ofDevice(device())));
  }

  private static Detection measureDetection(String name, List<BatchTimes> timed, double seconds) {
    double detecting = Median.of(timed, batch -> batch.seconds(BatchTimes.name(Stage.DETECT)));
    return new Detection(name, detecting, detecting / seconds);
  }

  private Setup makeSetup(int rows, int predictions) {
    return new Setup(
        model.name(),
        DeviceType.name(device()),
        DeviceName.of(device()).orElse(null),
        model.options().dataType().name().toLowerCase(Locale.ROOT),
        Versions.describeWithoutSpark(),
        options.scheduler() == null ? model.scheduler() : options.scheduler(),
        rows,
        countSteps(predictions),
        predictions,
        options.guidanceScale(),
        Math.min(settings.maxGuidanceSteps(), predictions),
        settings.maxIterationsPerStep(),
        options.height(),
        options.width(),
        settings.warmups(),
        settings.repetitions());
  }

  /** Returns the number of steps; as in diffusers, a list has as many as there are predictions. */
  private int countSteps(int predictions) {
    return options.inferenceSteps().isSpaced() ? options.numInferenceSteps() : predictions;
  }

  private Device device() {
    return model.options().device();
  }

  private static Map<String, Double> findMedians(List<BatchTimes> batches) {
    Map<String, Double> medians = new LinkedHashMap<>();
    STAGES.forEach(stage -> medians.put(stage, Median.of(batches, batch -> batch.seconds(stage))));
    return medians;
  }

  /** Computes the time and rate of one pass over one sample from the seconds of all of a batch. */
  private static Pass makePass(long operations, long samples, double seconds) {
    return new Pass(
        1000 * seconds / samples, operations / GIGA, operations * (samples / seconds) / TERA);
  }

  private static Long orNull(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
