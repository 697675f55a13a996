package io.boxwright.udf.generate;

import io.boxwright.diffusion.guidance.BatchShape;
import io.boxwright.diffusion.guidance.Guidance;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A generator of images in batches. A row that cannot be done gets a failed outcome and does not
 * affect other rows.
 *
 * <p>With {@link BatchShape#FIXED} a batch has a row for each of its images, and a row keeps its
 * place whatever happens to the others. Padding replaces rows that the checks refused, images that
 * are not wanted, and the other rows when a row is tried again. So a picture depends on the rows
 * that its batch was planned with, but not on their outcomes.
 */
final class BatchGenerator {

  private static final Logger LOG = LoggerFactory.getLogger(BatchGenerator.class);

  private final LoadedPipeline loaded;
  private final GenerationOptions options;
  private final Guidance guidance;
  private final BatchSize batchSize;
  private final Watchdog watchdog;
  private final GenerationCounters counters;
  private final RowRequests requests;

  /**
   * Creates a generator for one task.
   *
   * @param loaded the pipeline, shared by the tasks of the executor
   * @param options the options of all batches
   * @param guidance the guidance of all batches
   * @param images the columns of the pictures, if the pipeline has an IP-Adapter
   * @param batchSize the planned number of rows of a batch
   * @param watchdog the guard of the pipeline's calls
   * @param counters the counters that record the time of each stage
   */
  BatchGenerator(
      LoadedPipeline loaded,
      GenerationOptions options,
      Guidance guidance,
      Optional<ImagePromptColumns> images,
      BatchSize batchSize,
      Watchdog watchdog,
      GenerationCounters counters) {
    this.loaded = loaded;
    this.options = options;
    this.guidance = guidance;
    this.batchSize = batchSize;
    this.watchdog = watchdog;
    this.counters = counters;
    this.requests = new RowRequests(loaded.pipeline(), guidance, images);
  }

  /** Returns the largest number of images that {@link #generate} makes together. */
  int mostRows() {
    return batchSize.mostOn(loaded.device());
  }

  /**
   * Makes images.
   *
   * @param images the requests, at most {@link #mostRows}
   * @return an outcome for each image, in their order; null for those that are not wanted
   */
  List<ImageOutcome> generate(List<ImageRequest> images) {
    Batch batch = Batch.of(images.stream().map(this::check).toList(), images.size());
    int done = 0;
    while (done < batch.rows()) {
      int end = Math.min(done + loaded.limit().rows(batch.rows()), batch.rows());
      if (makeWithinMemory(batch.slice(done, end))) {
        done = end;
      }
    }
    counters.measureMemory(loaded.device());
    return batch.places().stream().map(Batch.Place::outcome).toList();
  }

  private Batch.Place check(ImageRequest image) {
    if (!image.wanted()) {
      return Batch.Place.closed(image, null);
    }
    try {
      return Batch.Place.of(image, requests.makeRequest(image));
    } catch (IllegalArgumentException e) {
      return Batch.Place.closed(image, ImageOutcome.refusal(e));
    } catch (RuntimeException e) {
      return Batch.Place.closed(image, ImageOutcome.failure(e));
    }
  }

  /**
   * Makes a batch, unless memory is too small for its rows.
   *
   * @return false if memory is too small; then the limit is lower, and the caller makes a smaller
   *     batch
   */
  private boolean makeWithinMemory(Batch batch) {
    try {
      make(batch);
      return true;
    } catch (OutOfDeviceMemoryException e) {
      boolean freed = loaded.thread().run(loaded.pipeline()::freeMemory);
      LibTorch.emptyCache(loaded.device());
      if (freed) {
        return makeWithinMemory(batch);
      }
      if (batch.rows() > 1) {
        loaded.limit().exceeded(batch.rows());
        return false;
      }
      batch.places().get(0).end(ImageOutcome.failure(e.reason()));
      return true;
    }
  }

  /** Makes a batch in one call; if it fails, makes each half alone, until only bad rows fail. */
  private void make(Batch batch) {
    List<Batch.Place> open = batch.open();
    if (open.isEmpty()) {
      return;
    }
    try {
      makeTogether(batch);
    } catch (OutOfDeviceMemoryException e) {
      throw e;
    } catch (RuntimeException e) {
      if (open.size() == 1) {
        LOG.warn("Cannot generate {}", batch.ids(), e);
        open.get(0).end(ImageOutcome.failure(e));
        return;
      }
      LOG.warn("A batch of {} rows failed; its halves are tried alone", open.size(), e);
      int half = open.size() / 2;
      make(batch.keepOnly(open.subList(0, half)));
      make(batch.keepOnly(open.subList(half, open.size())));
    }
  }

  private void makeTogether(Batch batch) {
    boolean fixed = options.batchShape() == BatchShape.FIXED;
    List<Batch.Place> rows = fixed ? batch.places() : batch.open();
    Timed timed = generateTimed(rows.stream().map(batch::request).toList(), batch.ids());
    double seconds = timed.seconds() / batch.open().size();
    for (Batch.Place place : batch.open()) {
      GeneratedImage image = addWarning(timed.images().get(rows.indexOf(place)), batch);
      place.end(ImageOutcome.of(image, place.layout(), seconds));
    }
  }

  /** Adds a warning if the batch has another shape than planned, which changes the last digits. */
  private GeneratedImage addWarning(GeneratedImage image, Batch batch) {
    boolean asPlanned = batchSize.isAuto() || batch.rows() == batch.planned();
    return options.batchShape() == BatchShape.SHRINKING || asPlanned
        ? image
        : image.withWarning(
            "Made in a batch of %s, not %d, because memory was too small: bytes may differ"
                .formatted(Count.of(batch.rows(), "row"), batch.planned()));
  }

  private record Timed(List<GeneratedImage> images, double seconds) {}

  private Timed generateTimed(List<GenerationRequest> requests, List<String> ids) {
    TaskContext task = TaskContext.get();
    // The time of waiting for other tasks' batches does not count as the time of this batch.
    return loaded.thread().run(() -> generateTimed(requests, ids, task));
  }

  private Timed generateTimed(
      List<GenerationRequest> requests, List<String> ids, TaskContext task) {
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
          .forEach((stage, time) -> counters.add(stage, time.minus(timeOf(stage, before))));
    }
  }

  private static Duration timeOf(Stage stage, Map<Stage, Duration> times) {
    return times.getOrDefault(stage, Duration.ZERO);
  }
}
