package io.boxwright.udf.generate;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.udf.counters.GenerationCounters;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.ExecutorPipelines;
import io.boxwright.udf.executor.LoadedPipeline;
import io.boxwright.udf.executor.PipelineSpec;
import io.boxwright.udf.executor.TransformersModel;
import io.boxwright.udf.table.DetectionOutcome;
import io.boxwright.udf.table.ImageOutcome;
import io.boxwright.udf.table.ImageRequest;
import io.boxwright.udf.table.ImageRowWriter;
import io.boxwright.udf.table.ScoreColumn;
import io.boxwright.udf.table.ScoreColumns;
import io.boxwright.udf.table.ScoreOutcome;
import io.boxwright.udf.table.ScoredImage;
import io.boxwright.udf.table.Seeding;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * The work of a task, which makes the images of its partition's rows, batch by batch and in order.
 * It holds the images of only one batch at a time.
 */
final class GenerateRows implements MapPartitionsFunction<Row, Row> {

  private static final long serialVersionUID = 1;

  private final PipelineSpec pipeline;
  private final GenerationOptions options;
  private final Guidance guidance;
  private final ImagePromptColumns images;
  private final BatchSize batchSize;
  private final Duration batchTimeout;
  private final int imagesPerPrompt;
  private final Seeding seeding;
  private final DetectorSpec detector;
  private final TransformersModel detectorModel;
  private final ImageRowWriter writer;
  private final GenerationCounters counters;

  /**
   * Creates the work of all tasks of a table.
   *
   * @param pipeline the pipeline that makes the images
   * @param options the options of all rows
   * @param guidance the guidance of all rows
   * @param images the columns of the pictures for an IP-Adapter; null for none
   * @param batchSize the number of images that are made together
   * @param batchTimeout the longest time of a batch; zero means that there is no limit
   * @param imagesPerPrompt the number of images of each row
   * @param seeding the generators of the noise of a row's images
   * @param detector the detector that looks for the objects in the images; null for none
   * @param detectorModel the detector's folder as the driver found it; null if it has none
   * @param writer the writer that makes the output rows
   * @param counters the counters that record images, errors and times
   */
  GenerateRows(
      PipelineSpec pipeline,
      GenerationOptions options,
      Guidance guidance,
      ImagePromptColumns images,
      BatchSize batchSize,
      Duration batchTimeout,
      int imagesPerPrompt,
      Seeding seeding,
      DetectorSpec detector,
      TransformersModel detectorModel,
      ImageRowWriter writer,
      GenerationCounters counters) {
    this.pipeline = pipeline;
    this.options = options;
    this.guidance = guidance;
    this.images = images;
    this.batchSize = batchSize;
    this.batchTimeout = batchTimeout;
    this.imagesPerPrompt = imagesPerPrompt;
    this.seeding = seeding;
    this.detector = detector;
    this.detectorModel = detectorModel;
    this.writer = writer;
    this.counters = counters;
  }

  /**
   * Starts the work on a partition.
   *
   * @param prompts the rows of the partition
   * @return the rows of the image table; a batch is made when its first row is read
   * @throws IllegalArgumentException naming the option that does not fit the model
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the part of the model that
   *     cannot be read
   */
  @Override
  public Iterator<Row> call(Iterator<Row> prompts) {
    if (!prompts.hasNext()) {
      return Collections.emptyIterator();
    }
    counters.start(TaskContext.get().taskAttemptId());
    LoadedPipeline loaded = ExecutorPipelines.get(pipeline, counters);
    loaded.pipeline().checkOptions(options);
    return new ImageRows(
        new ImageRequests(prompts, writer.prompts(), imagesPerPrompt, seeding),
        new BatchGenerator(
            loaded,
            options,
            guidance,
            Optional.ofNullable(images),
            batchSize,
            new Watchdog(batchTimeout),
            counters),
        Optional.ofNullable(detector)
            .map(
                spec ->
                    new BatchDetector(loaded, spec, Optional.ofNullable(detectorModel), counters)));
  }

  /** The rows of the image table. A batch is made when its first row is read. */
  private final class ImageRows implements Iterator<Row> {

    private final Iterator<ImageRequest> requests;
    private final BatchGenerator generator;
    private final Optional<BatchDetector> batchDetector;
    private final List<ScoreColumn> columns = ScoreColumns.in(writer.images());
    private final Queue<Row> ready = new ArrayDeque<>();

    ImageRows(
        Iterator<ImageRequest> requests,
        BatchGenerator generator,
        Optional<BatchDetector> batchDetector) {
      this.requests = requests;
      this.generator = generator;
      this.batchDetector = batchDetector;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && requests.hasNext()) {
        generate(takeBatch());
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

    private List<ImageRequest> takeBatch() {
      int most = generator.mostRows();
      List<ImageRequest> batch = new ArrayList<>();
      while (batch.size() < most && requests.hasNext()) {
        batch.add(requests.next());
      }
      return batch;
    }

    private void generate(List<ImageRequest> batch) {
      List<ImageOutcome> outcomes = generator.generate(batch);
      List<Integer> wanted =
          IntStream.range(0, batch.size()).filter(i -> batch.get(i).wanted()).boxed().toList();
      List<ImageOutcome> made = wanted.stream().map(outcomes::get).toList();
      List<List<ScoreOutcome>> scores = score(made);
      List<byte[]> pngs = encode(made);
      for (int i = 0; i < wanted.size(); i++) {
        int place = wanted.get(i);
        ready.add(
            writer.makeRow(batch.get(place), outcomes.get(place), pngs.get(i), scores.get(i)));
      }
      wanted.forEach(place -> counters.count(outcomes.get(place)));
    }

    /**
     * Encodes images as PNG; the result is null where there is no image. Uses all cores, because a
     * single core would keep a GPU waiting.
     */
    private List<byte[]> encode(List<ImageOutcome> outcomes) {
      long start = System.nanoTime();
      List<byte[]> pngs =
          outcomes.parallelStream()
              .map(ImageOutcome::image)
              .map(image -> image == null ? null : PngEncoder.encode(image.image()))
              .toList();
      counters.add(Stage.PNG, Duration.ofNanos(System.nanoTime() - start));
      return pngs;
    }

    private List<List<ScoreOutcome>> score(List<ImageOutcome> made) {
      List<Optional<DetectionOutcome>> detections =
          batchDetector
              .map(found -> found.detect(made))
              .orElseGet(() -> Collections.nCopies(made.size(), Optional.empty()));
      return IntStream.range(0, made.size())
          .mapToObj(i -> score(made.get(i), detections.get(i)))
          .toList();
    }

    private List<ScoreOutcome> score(ImageOutcome outcome, Optional<DetectionOutcome> detection) {
      if (outcome.image() == null) {
        return List.of();
      }
      ScoredImage image = new ScoredImage(outcome.image(), outcome.layout(), detection);
      return columns.stream().map(column -> score(column, image)).toList();
    }

    private ScoreOutcome score(ScoreColumn column, ScoredImage image) {
      long start = System.nanoTime();
      ScoreOutcome outcome = column.scorer().apply(image);
      counters.add(column.source().stage(), Duration.ofNanos(System.nanoTime() - start));
      return outcome;
    }
  }
}
