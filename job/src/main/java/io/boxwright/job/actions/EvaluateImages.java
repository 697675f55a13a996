package io.boxwright.job.actions;

import io.boxwright.job.evaluation.EvaluateRows;
import io.boxwright.job.evaluation.EvaluatedRows;
import io.boxwright.job.evaluation.EvaluationRecord;
import io.boxwright.job.evaluation.EvaluationResult;
import io.boxwright.job.evaluation.EvaluationSettings;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.JobDescription;
import io.boxwright.job.output.ChunkFile;
import io.boxwright.job.output.ChunkScan;
import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.FolderContents;
import io.boxwright.job.output.ImageTable;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunLock;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.RunRecorder;
import io.boxwright.job.output.Staging;
import io.boxwright.text.Count;
import io.boxwright.text.Redaction;
import io.boxwright.udf.counters.GenerationMonitor;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The action that scores the images of a finished run with detectors, and computes figures from the
 * scores. An evaluation is a run of its own in a folder of the run's {@code evaluations}: chunk by
 * chunk, with a plan, a lock and a record, so that it goes on when it was cut off.
 */
public final class EvaluateImages {

  private static final double NO_LIMIT = 1;

  private final SparkSession spark;
  private final EvaluationSettings settings;
  private String run;
  private String name;
  private ExistingOutput existing = ExistingOutput.RESUME;
  private String command = "boxwright evaluate";
  private PrintWriter console = new PrintWriter(Writer.nullWriter());
  private OrderlyStop stop;

  /** Runs on a session. */
  public EvaluateImages(SparkSession spark, EvaluationSettings settings) {
    this.spark = spark;
    this.settings = settings;
  }

  /** Sets the output folder of the run whose images are scored. Required. */
  public EvaluateImages run(String folder) {
    run = folder;
    return this;
  }

  /** Sets the name of the evaluation; default: that of the benchmark, else of the detector. */
  public EvaluateImages name(String value) {
    name = value;
    return this;
  }

  /**
   * Sets the treatment of an evaluation of this name that exists; default {@link
   * ExistingOutput#RESUME}. {@link ExistingOutput#RETRY_ERRORS} means the same here.
   */
  public EvaluateImages existing(ExistingOutput value) {
    existing = value;
    return this;
  }

  /** Sets the command, for people, that goes on with this evaluation. */
  public EvaluateImages command(String line) {
    command = line;
    return this;
  }

  /** Sets the writer that progress is printed to; default: none. */
  public EvaluateImages console(PrintWriter writer) {
    console = writer;
    return this;
  }

  /**
   * Sets the stop that ends the evaluation when the process is told to end. The caller closes it.
   * Default: the evaluation has one of its own while it is executed.
   */
  public EvaluateImages stop(OrderlyStop value) {
    stop = value;
    return this;
  }

  /**
   * Checks everything, writes the plan, scores the images of the missing chunks, and computes the
   * figures.
   *
   * @throws InvalidInputException before any image is scored, if there is no finished run, its
   *     table lacks what the benchmark needs, or the evaluation of this name is another one
   * @throws JobFailedException if the images cannot be scored, or the rows not be written; finished
   *     chunks stay
   * @throws RunStoppedException if the process was told to end; finished chunks stay
   */
  public EvaluationResult execute() {
    return OrderlyStop.runAction(
        stop, console, command, spark.sparkContext(), this::checkAndEvaluate);
  }

  private EvaluationResult checkAndEvaluate(OrderlyStop.Run ending) {
    EvaluatedRun images =
        EvaluatedRun.find(
            RunFolder.of(spark.sparkContext().hadoopConfiguration(), run), spark, settings);
    RunFolder folder = images.evaluation(chooseName());
    new FolderContents(folder).prepare();
    return new LockedFolder(spark.sparkContext(), folder, command)
        .during(ending, lock -> evaluate(images, lock, ending));
  }

  private String chooseName() {
    if (name != null) {
      return name;
    }
    if (settings.benchmark() != null) {
      return settings.benchmark();
    }
    return settings.detector() == null ? "clip" : settings.detectorName();
  }

  private EvaluationResult evaluate(EvaluatedRun images, RunLock lock, OrderlyStop.Run ending) {
    RunFolder folder = lock.folder();
    RunPlan plan = images.plan(folder, existing);
    ChunkTable chunks = new ChunkTable(folder, plan);
    ChunkScan there = chunks.tidy();
    EvaluationResult result;
    try (RunRecorder recorder = new RunRecorder(plan, lock, command, there)) {
      ending.noteWork(recorder, chunks, plan);
      RunEnd end = new RunEnd(folder, plan, recorder);
      try {
        scoreMissing(images, there, folder, plan, recorder);
        ChunkScan finished = end.checkFooters();
        result =
            JobDescription.during(
                spark.sparkContext(),
                "Figures: " + folder.path(),
                () -> computeFigures(folder, plan, chunks.paths(finished.files())));
        recorder.finished();
        chunks.removeLeftovers(finished);
      } catch (Exception e) { // Spark throws checked exceptions that it does not declare
        throw end.recordFailure("evaluate the images", e, command);
      }
    }
    new Staging(folder).sweep();
    return result;
  }

  private void scoreMissing(
      EvaluatedRun images, ChunkScan there, RunFolder folder, RunPlan plan, RunRecorder recorder) {
    List<Integer> missing = there.missing();
    if (missing.isEmpty()) {
      return;
    }
    try (GenerationMonitor monitor = new GenerationMonitor(spark.sparkContext())) {
      recorder.setMonitor(monitor);
      Dataset<Row> rows =
          EvaluateRows.of(spark, settings, images.files(missing), monitor.counters());
      List<ChunkFile> files = missing.stream().map(ChunkFile::first).toList();
      String description =
          Redaction.of(
              "Evaluate: %d of %s, %s"
                  .formatted(missing.size(), Count.of(plan.chunks(), "chunk"), folder.path()));
      new ImageWork(spark, NO_LIMIT, console)
          .run(
              () ->
                  new ImageTable(spark, folder, plan)
                      .write(rows, files, monitor.counters(), recorder::finished),
              monitor,
              new ImagesThere(plan.images(), there.images(), there.failed()),
              description);
      recorder.record();
    }
  }

  private EvaluationResult computeFigures(RunFolder folder, RunPlan plan, String... files) {
    Dataset<Row> rows = new ImageTable(spark, folder, plan).read(files);
    EvaluationRecord record = EvaluationRecord.of(settings, EvaluatedRows.read(rows));
    return EvaluationResult.of(folder.images(), folder.writeEvaluation(record), record, rows);
  }
}
