package io.boxwright.actions;

import io.boxwright.input.InvalidInputException;
import io.boxwright.input.PromptTable;
import io.boxwright.input.RootCause;
import io.boxwright.loading.ModelLoadingException;
import io.boxwright.output.ImageTable;
import io.boxwright.report.ContactSheet;
import io.boxwright.report.ProgressBar;
import io.boxwright.report.RunResult;
import io.boxwright.report.RunSummary;
import io.boxwright.spark.GenerationMonitor;
import io.boxwright.spark.GuidedImageGenerator;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a Parquet table of prompts into a Parquet table of images.
 *
 * <pre>{@code
 * RunResult result =
 *     new GenerateImages(spark, generator).input("prompts.parquet").output("out").execute();
 * }</pre>
 */
public final class GenerateImages {

  private static final Logger LOG = LoggerFactory.getLogger(GenerateImages.class);

  /** So many batches make a task: enough to be worth it, few enough to lose. */
  private static final int BATCHES_PER_TASK = 4;

  /** So many are no burden yet for the driver, and for who lists the files. */
  private static final int MOST_TASKS = 100_000;

  private static final int CONTACT_SHEET_IMAGES = 12;

  private final SparkSession spark;
  private final GuidedImageGenerator generator;
  private String input;
  private String output;
  private double maxFailedShare = 0.05;
  private PrintWriter console = new PrintWriter(Writer.nullWriter());

  /** Runs on a session, with a generator that says with what model and how. */
  public GenerateImages(SparkSession spark, GuidedImageGenerator generator) {
    this.spark = spark;
    this.generator = generator;
  }

  /** The prompt table: a Parquet file or a folder of them, on any Hadoop file system. Required. */
  public GenerateImages input(String path) {
    input = path;
    return this;
  }

  /** The output folder; the image table goes into its {@code images}. Required. */
  public GenerateImages output(String folder) {
    output = folder;
    return this;
  }

  /** Where to say how far the images are; default: nowhere. */
  public GenerateImages console(PrintWriter writer) {
    console = writer;
    return this;
  }

  /**
   * How many of the rows may fail, 0 to 1, before the job is given up; default 0.05. Rows that the
   * checks refuse do not count, and less than 20 failures are no reason; 1 means never.
   */
  public GenerateImages maxFailedShare(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new InvalidInputException(
          "Invalid max failed share: %s, it must be between 0 and 1".formatted(share));
    }
    maxFailedShare = share;
    return this;
  }

  /**
   * Checks everything, makes the images, writes them, and counts what came out.
   *
   * @throws InvalidInputException before any image is made, if options or input are wrong
   * @throws JobFailedException if the images cannot be made or written; none are left then
   */
  public RunResult execute() {
    checkModel();
    Dataset<Row> prompts = PromptTable.read(spark, input);
    ImageTable table = new ImageTable(spark, output);
    table.prepare();
    long start = System.nanoTime();
    write(table, prompts);
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    Dataset<Row> images = table.read();
    return new RunResult(
        table.path(),
        contactSheet(table, images),
        RunSummary.of(images),
        generator.monitor().loads(),
        duration);
  }

  private void checkModel() {
    try {
      generator.checkModel().forEach(LOG::warn);
      if (spark.sparkContext().isLocal()) {
        generator.checkDevice();
      }
    } catch (ModelLoadingException | IllegalArgumentException e) {
      throw new InvalidInputException(e.getMessage(), e);
    }
  }

  private void write(ImageTable table, Dataset<Row> prompts) {
    long rows = prompts.count();
    Dataset<Row> images = generator.generate(spread(prompts, rows));
    try (FailureLimit limit =
            new FailureLimit(spark.sparkContext(), generator.monitor(), maxFailedShare);
        ProgressBar bar = progressBar(rows * generator.numImagesPerPrompt())) {
      write(table, images, limit);
    }
  }

  private static void write(ImageTable table, Dataset<Row> images, FailureLimit limit) {
    try {
      table.write(images);
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      String message = limit.exceeded().orElseGet(() -> RootCause.message(e));
      throw new JobFailedException("Cannot make the images: " + message, e);
    }
  }

  private ProgressBar progressBar(long images) {
    GenerationMonitor monitor = generator.monitor();
    return ProgressBar.start(console, images, monitor::images, monitor::failed);
  }

  /** An extra: when it fails, the images are there all the same. */
  private static Optional<String> contactSheet(ImageTable table, Dataset<Row> images) {
    try {
      return ContactSheet.draw(images, CONTACT_SHEET_IMAGES)
          .map(sheet -> table.writePicture("contact-sheet.png", sheet));
    } catch (Exception | LinkageError e) { // the latter where Java's graphics lack a library
      LOG.warn("There is no contact sheet: {}", e.toString());
      return Optional.empty();
    }
  }

  /** A table of prompts is so small that Spark would read it in one task. */
  private Dataset<Row> spread(Dataset<Row> prompts, long rows) {
    return prompts.repartition(
        tasks(
            rows,
            generator.numImagesPerPrompt(),
            generator.batchSize(),
            spark.sparkContext().defaultParallelism()));
  }

  /** As many as are worth it; no more than prompts, for the images of one stay together. */
  static int tasks(long prompts, int imagesPerPrompt, int batchSize, int parallelism) {
    long batches = divideUp(prompts * imagesPerPrompt, batchSize);
    long wanted = Math.max(Math.min(batches, parallelism), divideUp(batches, BATCHES_PER_TASK));
    return (int) Math.max(1, Math.min(wanted, Math.min(prompts, MOST_TASKS)));
  }

  private static long divideUp(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
