package io.boxwright.udf.generate;

import io.boxwright.diffusion.guidance.BatchShape;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.text.Count;
import io.boxwright.torch.LibTorch;
import io.boxwright.udf.counters.GenerationCounters;
import io.boxwright.udf.executor.LoadedPipeline;
import io.boxwright.udf.executor.OutOfDeviceMemoryException;
import io.boxwright.udf.table.ImageOutcome;
import io.boxwright.udf.table.ImageRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs batches of rows through a pipeline. A row that cannot be done becomes a failed outcome and
 * takes no other row with it.
 *
 * <p>With {@link BatchShape#FIXED} a batch has as many rows as there are images for it, and a row
 * keeps its place whatever becomes of the others: padding stands where the checks refused a row,
 * where an image is not wanted, and next to a row that is tried again. So a picture depends on
 * which rows its batch was planned with, and not on their fate.
 *
 * @param loaded the pipeline, shared by the tasks of the executor
 * @param options of all batches
 * @param guidance of all batches
 * @param batchSize rows of a batch
 * @param watchdog looks after the pipeline's calls
 * @param counters are told what stages take
 */
record BatchGenerator(
    LoadedPipeline loaded,
    GenerationOptions options,
    Guidance guidance,
    BatchSize batchSize,
    Watchdog watchdog,
    GenerationCounters counters) {

  private static final Logger LOG = LoggerFactory.getLogger(BatchGenerator.class);

  /**
   * One outcome for each image, in their order; null for those that are not wanted.
   *
   * @param images no more than go into a batch
   */
  List<ImageOutcome> generate(List<ImageRequest> images) {
    Batch batch = checked(images);
    int done = 0;
    while (done < images.size()) {
      int rows = Math.min(loaded.limit().rows(images.size()), images.size() - done);
      if (fits(batch.slice(done, rows))) {
        done += rows;
      }
    }
    counters.measureMemory(loaded.device());
    return batch.outcomes();
  }

  private Batch checked(List<ImageRequest> images) {
    List<GenerationRequest> requests = new ArrayList<>();
    List<ImageOutcome> outcomes = new ArrayList<>();
    for (ImageRequest image : images) {
      GenerationRequest request = GenerationRequest.PADDING;
      ImageOutcome outcome = null;
      try {
        if (image.wanted()) {
          request = checkedRequest(image);
        }
      } catch (IllegalArgumentException e) {
        outcome = ImageOutcome.refusal(e);
      } catch (RuntimeException e) {
        outcome = ImageOutcome.failure(e);
      }
      requests.add(request);
      outcomes.add(outcome);
    }
    return new Batch(images, requests, outcomes, images.size());
  }

  private GenerationRequest checkedRequest(ImageRequest image) {
    GenerationRequest request = image.prompt().request(loaded.pipeline(), image.seed());
    loaded.pipeline().checkRequest(request, guidance);
    return request;
  }

  /** Makes a batch, unless memory is too small for so many rows: then fewer are to be tried. */
  private boolean fits(Batch batch) {
    try {
      make(batch);
      return true;
    } catch (OutOfDeviceMemoryException e) {
      LibTorch.emptyCache(loaded.device());
      if (batch.rows() > 1) {
        loaded.limit().exceeded(batch.rows());
        return false;
      }
      batch.outcomes().set(0, ImageOutcome.failure(e.reason()));
      return true;
    }
  }

  /** In one pass or, if that fails, each half alone, until only the culprit is lost. */
  private void make(Batch batch) {
    List<Integer> places = batch.places();
    if (places.isEmpty()) {
      return;
    }
    try {
      makeTogether(batch);
    } catch (OutOfDeviceMemoryException e) {
      throw e;
    } catch (RuntimeException e) {
      if (places.size() == 1) {
        LOG.warn("Cannot generate {}", batch.ids(), e);
        batch.outcomes().set(places.get(0), ImageOutcome.failure(e));
        return;
      }
      LOG.warn("A batch of {} rows failed; its halves are tried alone", places.size(), e);
      int half = places.size() / 2;
      make(batch.only(places.subList(0, half)));
      make(batch.only(places.subList(half, places.size())));
    }
  }

  private void makeTogether(Batch batch) {
    List<Integer> places = batch.places();
    boolean fixed = options.batchShape() == BatchShape.FIXED;
    List<GenerationRequest> requests =
        fixed ? batch.requests() : places.stream().map(batch.requests()::get).toList();
    Timed timed = timed(requests, batch.ids());
    for (int i = 0; i < places.size(); i++) {
      int place = places.get(i);
      GeneratedImage image = warned(timed.images().get(fixed ? place : i), batch);
      List<LayoutObject> layout = batch.requests().get(place).objects();
      double seconds = timed.seconds() / places.size();
      batch.outcomes().set(place, ImageOutcome.of(image, layout, seconds));
    }
  }

  /** Another shape gives other last digits, which who compares bytes has to know. */
  private GeneratedImage warned(GeneratedImage image, Batch batch) {
    boolean asWanted = batchSize.isAuto() || batch.rows() == batch.planned();
    return options.batchShape() == BatchShape.SHRINKING || asWanted
        ? image
        : image.withWarning(
            "Made in a batch of %s, not %d, for which memory was too small: bytes may differ"
                .formatted(Count.of(batch.rows(), "row"), batch.planned()));
  }

  private record Timed(List<GeneratedImage> images, double seconds) {}

  private Timed timed(List<GenerationRequest> requests, List<String> ids) {
    TaskContext task = TaskContext.get();
    // Waiting for the batches of other tasks is not this one's time.
    return loaded.thread().run(() -> timed(requests, ids, task));
  }

  private Timed timed(List<GenerationRequest> requests, List<String> ids, TaskContext task) {
    ImagePipeline pipeline = loaded.pipeline();
    Map<Stage, Duration> before = pipeline.stages();
    long start = System.nanoTime();
    try (Watchdog.Watch ignored = watchdog.watch(ids, task)) {
      List<GeneratedImage> images = pipeline.generate(requests, options, guidance);
      return new Timed(images, (System.nanoTime() - start) / 1e9);
    } catch (RuntimeException e) {
      throw OutOfDeviceMemoryException.wrapIfSo(e);
    } finally {
      pipeline
          .stages()
          .forEach((stage, time) -> counters.add(stage, time.minus(spent(before, stage))));
    }
  }

  private static Duration spent(Map<Stage, Duration> times, Stage stage) {
    return times.getOrDefault(stage, Duration.ZERO);
  }
}
