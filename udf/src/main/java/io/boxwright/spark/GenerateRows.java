package io.boxwright.spark;

import io.boxwright.detection.ObjectDetector;
import io.boxwright.guidance.LayoutGuidanceConfig;
import io.boxwright.pipelines.GenerationOptions;
import io.boxwright.pipelines.ImagePipeline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.CollectionAccumulator;

/**
 * What a task does with its partition: takes its rows in batches, in order, and holds no more than
 * one batch of images at a time.
 *
 * @param pipeline which pipeline to use
 * @param options of all rows
 * @param guidance of all rows
 * @param batchSize images made together
 * @param imagesPerPrompt images for each row
 * @param detector what looks for the objects in the images
 * @param writer makes the output rows
 * @param loads collects where pipelines were loaded
 */
record GenerateRows(
    PipelineSpec pipeline,
    GenerationOptions options,
    LayoutGuidanceConfig guidance,
    int batchSize,
    int imagesPerPrompt,
    DetectorType detector,
    ImageRowWriter writer,
    CollectionAccumulator<String> loads)
    implements MapPartitionsFunction<Row, Row> {

  @Override
  public Iterator<Row> call(Iterator<Row> prompts) {
    if (!prompts.hasNext()) {
      return Collections.emptyIterator();
    }
    ImagePipeline loaded = ExecutorPipelines.get(pipeline, loads::add);
    loaded.checkOptions(options);
    return new ImageRows(
        new ImageRequests(prompts, writer.prompts(), imagesPerPrompt),
        new BatchGenerator(loaded, options, guidance),
        detector.newDetector());
  }

  /** Output rows, made batch by batch as they are asked for. */
  private final class ImageRows implements Iterator<Row> {

    private final Iterator<ImageRequest> requests;
    private final BatchGenerator generator;
    private final Optional<ObjectDetector> objectDetector;
    private final Queue<Row> ready = new ArrayDeque<>();

    ImageRows(
        Iterator<ImageRequest> requests,
        BatchGenerator generator,
        Optional<ObjectDetector> objectDetector) {
      this.requests = requests;
      this.generator = generator;
      this.objectDetector = objectDetector;
    }

    @Override
    public boolean hasNext() {
      if (ready.isEmpty()) {
        generate(nextBatch());
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private List<ImageRequest> nextBatch() {
      List<ImageRequest> batch = new ArrayList<>();
      while (batch.size() < batchSize && requests.hasNext()) {
        batch.add(requests.next());
      }
      return batch;
    }

    private void generate(List<ImageRequest> batch) {
      List<ImageOutcome> outcomes = generator.generate(batch);
      for (int i = 0; i < batch.size(); i++) {
        ready.add(writer.row(batch.get(i), outcomes.get(i), detect(outcomes.get(i))));
      }
    }

    private DetectionOutcome detect(ImageOutcome outcome) {
      return objectDetector.isEmpty() || outcome.image() == null
          ? DetectionOutcome.NONE
          : DetectionOutcome.of(objectDetector.get(), outcome.image());
    }
  }
}
