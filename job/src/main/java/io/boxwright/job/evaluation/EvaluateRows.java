package io.boxwright.job.evaluation;

import io.boxwright.job.figures.Benchmark;
import io.boxwright.job.figures.Benchmarks;
import io.boxwright.udf.counters.GenerationCounters;
import io.boxwright.udf.executor.ExecutorScorers;
import io.boxwright.udf.table.ImageOutcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/** The work of a task: it reads the images of a chunk and scores them, batch by batch in order. */
public final class EvaluateRows implements FlatMapFunction<ImageFile, Row> {

  private static final long serialVersionUID = 1;

  private final EvaluationSettings settings;
  private final SerializableConfiguration hadoop;
  private final GenerationCounters counters;

  private EvaluateRows(
      EvaluationSettings settings, SerializableConfiguration hadoop, GenerationCounters counters) {
    this.settings = settings;
    this.hadoop = hadoop;
    this.counters = counters;
  }

  /**
   * Makes the rows of chunks, lazily. The images are not shuffled.
   *
   * @param files the chunks' files, at least one
   * @param counters the counters of images, errors and times
   * @return the rows; partition {@code i} holds those of file {@code i}, in order
   */
  public static Dataset<Row> of(
      SparkSession spark,
      EvaluationSettings settings,
      List<ImageFile> files,
      GenerationCounters counters) {
    EvaluateRows task =
        new EvaluateRows(
            settings,
            new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()),
            counters);
    JavaRDD<Row> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(files, files.size())
            .flatMap(task);
    return spark.createDataFrame(rows, EvaluationColumns.SCHEMA);
  }

  @Override
  public Iterator<Row> call(ImageFile file) {
    TaskContext task = TaskContext.get();
    counters.start(task.taskAttemptId());
    StoredImages images = new StoredImages(file, hadoop.value());
    TaskCompletionListener close = ended -> images.close();
    task.addTaskCompletionListener(close);
    return new ScoredRows(
        images, new ImageScorer(settings, ExecutorScorers.get(settings.deviceType()), counters));
  }

  /** The rows of the images. A batch is scored when its first row is asked for. */
  private final class ScoredRows implements Iterator<Row> {

    private final StoredImages images;
    private final ImageScorer scorer;
    private final Optional<Benchmark> benchmark;
    private final Queue<Row> ready = new ArrayDeque<>();

    ScoredRows(StoredImages images, ImageScorer scorer) {
      this.images = images;
      this.scorer = scorer;
      this.benchmark = Optional.ofNullable(settings.benchmark()).map(Benchmarks::of);
    }

    @Override
    public boolean hasNext() {
      return !ready.isEmpty() || images.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (ready.isEmpty()) {
        scoreBatch();
      }
      return ready.remove();
    }

    private void scoreBatch() {
      List<StoredImage> batch = new ArrayList<>();
      while (batch.size() < settings.batchSize() && images.hasNext()) {
        batch.add(images.next());
      }
      for (ImageScore score : scorer.score(batch)) {
        ready.add(EvaluationColumns.makeRow(score, benchmark));
        count(score.image().error());
      }
    }

    /** Counts an image; one with an error was not evaluated because there is nothing to see. */
    private void count(String error) {
      counters.count(
          error == null
              ? new ImageOutcome(null, List.of(), null, false, 0)
              : ImageOutcome.refusal(new IllegalArgumentException(error)));
    }
  }
}
