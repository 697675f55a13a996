package io.boxwright.job.benchmark;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationInputs;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.LayoutGuidanceStableDiffusionPipeline;
import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.text.Count;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A runner that makes the same batch again and again, from prompts to files, and times it. */
final class BatchRunner {

  private final LayoutGuidanceStableDiffusionPipeline pipeline;
  private final BenchmarkSettings settings;
  private final List<GenerationRequest> requests;
  private final Path folder;
  private final Optional<BenchmarkDetector.Loaded> detector;

  /**
   * Prepares the requests of a batch.
   *
   * @param pipeline the pipeline, which the caller closes
   * @param rows the number of rows of a batch
   * @param folder the folder of the image files, which each batch overwrites
   * @param detector what looks at the images, which the caller closes; its time is kept apart
   */
  BatchRunner(
      LayoutGuidanceStableDiffusionPipeline pipeline,
      BenchmarkSettings settings,
      int rows,
      Path folder,
      Optional<BenchmarkDetector.Loaded> detector) {
    this.pipeline = pipeline;
    this.settings = settings;
    this.requests = BenchmarkRequests.create(pipeline, rows);
    this.folder = folder;
    this.detector = detector;
  }

  /**
   * Makes the batch once.
   *
   * @throws IllegalStateException if an image was guided another number of times than it should
   *     have been, which makes the times worthless
   */
  BatchTimes run() {
    AtomicInteger predictions = new AtomicInteger();
    GenerationInputs inputs =
        GenerationInputs.of(requests, settings.options())
            .withCallbackOnStepEnd(
                (step, timestep, tensors) -> {
                  predictions.incrementAndGet();
                  return tensors;
                });
    Guidance guidance = settings.guidance();
    Map<Stage, Duration> before = pipeline.stages();
    long start = System.nanoTime();
    List<GeneratedImage> images = pipeline.generate(inputs, guidance);
    Map<String, Double> stages = measureSince(before);
    stages.putAll(write(images));
    double seconds = BatchTimes.secondsSince(start);
    stages.put(BatchTimes.name(Stage.DETECT), detect(images));
    images.forEach(image -> requireGuided(image, predictions.get()));
    return new BatchTimes(requests.size(), seconds, stages, predictions.get());
  }

  /** Returns the seconds of looking at the images, which are not part of making them. */
  private double detect(List<GeneratedImage> images) {
    long start = System.nanoTime();
    detector.ifPresent(
        loaded -> loaded.look(images.stream().map(GeneratedImage::image).toList(), requests));
    return BatchTimes.secondsSince(start);
  }

  private Map<String, Double> measureSince(Map<Stage, Duration> before) {
    Map<String, Double> stages = new HashMap<>();
    pipeline
        .stages()
        .forEach(
            (stage, time) -> {
              Duration spent = time.minus(before.getOrDefault(stage, Duration.ZERO));
              stages.put(BatchTimes.name(stage), spent.toNanos() / 1e9);
            });
    return stages;
  }

  private Map<String, Double> write(List<GeneratedImage> images) {
    long start = System.nanoTime();
    List<byte[]> files =
        images.parallelStream().map(image -> PngEncoder.encode(image.image())).toList();
    double encoding = BatchTimes.secondsSince(start);
    long encoded = System.nanoTime();
    for (int row = 0; row < files.size(); row++) {
      write(folder.resolve(row + ".png"), files.get(row));
    }
    return Map.of(
        BatchTimes.name(Stage.PNG),
        encoding,
        BatchTimes.name(Stage.WRITE),
        BatchTimes.secondsSince(encoded));
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  private void requireGuided(GeneratedImage image, int predictions) {
    int wanted = settings.guidedPasses(predictions);
    int done = image.guidance().iterations();
    if (done != wanted) {
      throw new IllegalStateException(
          "An image was guided %s, not %d: its last loss is %s"
              .formatted(Count.of(done, "time"), wanted, image.guidance().lossLast()));
    }
  }
}
