package io.boxwright.udf.generate;

import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.DetectionScorer;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.torch.LibTorch;
import io.boxwright.udf.counters.GenerationCounters;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.LoadedPipeline;
import io.boxwright.udf.executor.OutOfDeviceMemoryException;
import io.boxwright.udf.executor.TransformersModel;
import io.boxwright.udf.table.DetectionOutcome;
import io.boxwright.udf.table.ImageOutcome;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A search for the objects of a batch of images. It runs in the pipeline's thread, so that the
 * device does one thing at a time.
 */
final class BatchDetector {

  private final LoadedPipeline loaded;
  private final ObjectDetector detector;
  private final GenerationCounters counters;

  /**
   * Creates a search for one task, and loads its detector if no task did so before.
   *
   * @param loaded the pipeline, which owns the detector
   * @param model the detector's folder as the driver found it; empty if it has none
   * @param counters count the time
   */
  BatchDetector(
      LoadedPipeline loaded,
      DetectorSpec spec,
      Optional<TransformersModel> model,
      GenerationCounters counters) {
    this.loaded = loaded;
    this.detector = loaded.detectors().get(spec, model, time -> counters.add(Stage.LOAD, time));
    this.counters = counters;
  }

  /**
   * Looks for the objects that were asked for.
   *
   * @return an outcome for each image; empty where there is no image or no layout
   */
  List<Optional<DetectionOutcome>> detect(List<ImageOutcome> outcomes) {
    List<Integer> places =
        IntStream.range(0, outcomes.size())
            .filter(i -> outcomes.get(i).image() != null && !outcomes.get(i).layout().isEmpty())
            .boxed()
            .toList();
    List<Optional<DetectionOutcome>> results = new ArrayList<>();
    outcomes.forEach(outcome -> results.add(Optional.empty()));
    List<DetectionOutcome> found = find(places.stream().map(outcomes::get).toList());
    for (int i = 0; i < places.size(); i++) {
      results.set(places.get(i), Optional.of(found.get(i)));
    }
    return results;
  }

  private List<DetectionOutcome> find(List<ImageOutcome> outcomes) {
    if (outcomes.isEmpty()) {
      return List.of();
    }
    List<BufferedImage> images = outcomes.stream().map(outcome -> outcome.image().image()).toList();
    List<List<String>> labels =
        outcomes.stream().map(outcome -> new DetectionScorer(outcome.layout()).labels()).toList();
    try {
      return run(images, labels).stream().map(DetectionOutcome::of).toList();
    } catch (IllegalArgumentException e) { // a label that the detector cannot look for
      return outcomes.size() == 1
          ? List.of(DetectionOutcome.refusal(e))
          : outcomes.stream().map(outcome -> find(List.of(outcome)).get(0)).toList();
    }
  }

  private List<List<Detection>> run(List<BufferedImage> images, List<List<String>> labels) {
    return loaded
        .thread()
        .run(
            () -> {
              long start = System.nanoTime();
              try {
                return detectWithinMemory(images, labels);
              } finally {
                counters.add(Stage.DETECT, Duration.ofNanos(System.nanoTime() - start));
              }
            });
  }

  /** Tries again once without the memory that libtorch keeps for batches of the pipeline. */
  private List<List<Detection>> detectWithinMemory(
      List<BufferedImage> images, List<List<String>> labels) {
    try {
      return detector.detect(images, labels);
    } catch (RuntimeException e) {
      if (!OutOfDeviceMemoryException.says(e)) {
        throw e;
      }
      LibTorch.emptyCache(loaded.device());
      return detector.detect(images, labels);
    }
  }
}
