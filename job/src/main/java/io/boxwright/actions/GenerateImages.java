package io.boxwright.actions;

import io.boxwright.input.InvalidInputException;
import io.boxwright.input.PromptTable;
import io.boxwright.loading.ModelLoadingException;
import io.boxwright.output.ImageTable;
import io.boxwright.report.ContactSheet;
import io.boxwright.report.RunSummary;
import io.boxwright.spark.GuidedImageGenerator;
import java.time.Duration;
import java.util.List;
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
 * GenerateImages.Result result =
 *     new GenerateImages(spark, generator).input("prompts.parquet").output("out").execute();
 * }</pre>
 */
public final class GenerateImages {

  private static final Logger LOG = LoggerFactory.getLogger(GenerateImages.class);

  /** So many batches make a task: enough to be worth it, few enough to lose. */
  private static final int BATCHES_PER_TASK = 4;

  private static final int CONTACT_SHEET_IMAGES = 12;

  private final SparkSession spark;
  private final GuidedImageGenerator generator;
  private String input;
  private String output;

  /**
   * What came out.
   *
   * @param table where the image table is
   * @param contactSheet where the picture of its first images is, if there is any
   * @param summary counts and means of its rows
   * @param loads where pipelines were loaded, such as {@code executor 0 on gpu0}
   * @param duration of making and writing the images, loading included
   */
  public record Result(
      String table,
      Optional<String> contactSheet,
      RunSummary summary,
      List<String> loads,
      Duration duration) {}

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

  /**
   * Checks everything, makes the images, writes them, and counts what came out.
   *
   * @throws InvalidInputException before any image is made, if options or input are wrong
   */
  public Result execute() {
    checkModel();
    Dataset<Row> prompts = PromptTable.read(spark, input);
    ImageTable table = new ImageTable(spark, output);
    table.prepare();
    long start = System.nanoTime();
    table.write(generator.generate(spread(prompts)));
    Duration duration = Duration.ofNanos(System.nanoTime() - start);
    Dataset<Row> images = table.read();
    Optional<String> contactSheet =
        ContactSheet.draw(images, CONTACT_SHEET_IMAGES)
            .map(sheet -> table.writePicture("contact-sheet.png", sheet));
    return new Result(
        table.path(), contactSheet, RunSummary.of(images), generator.loads(), duration);
  }

  private void checkModel() {
    try {
      generator.checkModel().forEach(LOG::warn);
    } catch (ModelLoadingException | IllegalArgumentException e) {
      throw new InvalidInputException(e.getMessage(), e);
    }
  }

  /** A table of prompts is so small that Spark would read it in one task. */
  private Dataset<Row> spread(Dataset<Row> prompts) {
    long images = prompts.count() * generator.numImagesPerPrompt();
    long batches = divideUp(images, generator.batchSize());
    long atOnce = Math.min(batches, spark.sparkContext().defaultParallelism());
    long tasks = Math.max(atOnce, divideUp(batches, BATCHES_PER_TASK));
    return prompts.repartition((int) Math.max(1, tasks));
  }

  private static long divideUp(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
