package io.boxwright.actions;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.boxwright.input.InvalidInputException;
import io.boxwright.input.PromptTable;
import io.boxwright.output.ChunkFile;
import io.boxwright.output.ChunkFooter;
import io.boxwright.output.ChunkTable;
import io.boxwright.output.ImageTable;
import io.boxwright.output.RunFolder;
import io.boxwright.output.RunPlan;
import io.boxwright.report.VerifyResult;
import io.boxwright.spark.GuidedImageGenerator;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Checks that an output folder holds what its plan says: an image or an error for every prompt,
 * exactly once, every picture whole, and nothing else.
 */
public final class VerifyImages {

  /** So many examples of one problem are named. */
  private static final int EXAMPLES = 10;

  private final SparkSession spark;
  private final List<String> problems = new ArrayList<>();

  /** Runs on a session. */
  public VerifyImages(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Checks a folder; reads all of it.
   *
   * @throws InvalidInputException if it has no plan, or its prompts cannot be read
   */
  public VerifyResult execute(String output) {
    RunFolder folder = RunFolder.of(spark.sparkContext().hadoopConfiguration(), output);
    RunPlan plan =
        RunPlan.read(folder)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "There is no run in %s: it has no plan.json".formatted(folder.path())));
    ChunkTable chunks = new ChunkTable(folder, plan);
    checkFiles(folder, chunks);
    List<ChunkFooter> footers = readableFooters(chunks, plan);
    String[] paths =
        footers.stream().map(footer -> chunks.path(footer.file())).toArray(String[]::new);
    if (paths.length > 0) {
      checkImages(plan, new ImageTable(spark, folder, plan).read(paths));
    }
    return new VerifyResult(
        folder.images(),
        footers.stream().mapToLong(ChunkFooter::images).sum(),
        footers.stream().mapToLong(ChunkFooter::failed).sum(),
        List.copyOf(problems));
  }

  private void checkFiles(RunFolder folder, ChunkTable chunks) {
    report(
        "%d chunks are missing: %s",
        chunks.missing().stream().map(chunk -> String.valueOf(chunk.chunk())).toList());
    report("%d files in images do not count: %s", chunks.leftovers());
    report("%d files in _staging are of attempts that were cut off: %s", folder.staged());
  }

  private List<ChunkFooter> readableFooters(ChunkTable chunks, RunPlan plan) {
    List<ChunkFooter> footers = new ArrayList<>();
    for (ChunkFile file : chunks.finished().values()) {
      try {
        ChunkFooter footer = chunks.footer(file);
        checkFooter(footer, plan);
        footers.add(footer);
      } catch (UncheckedIOException e) {
        problems.add(e.getMessage());
      }
    }
    return footers;
  }

  private void checkFooter(ChunkFooter footer, RunPlan plan) {
    String name = footer.file().name();
    if (!footer.plan().equals(plan.hash())) {
      problems.add("%s was made after another plan".formatted(name));
    }
    long expected = plan.imagesIn(footer.file().chunk());
    if (footer.images() != expected) {
      problems.add("%s has %d rows instead of %d".formatted(name, footer.images(), expected));
    }
  }

  private void checkImages(RunPlan plan, Dataset<Row> images) {
    PromptTable prompts = PromptTable.read(spark, plan.input());
    if (!prompts.files().equals(plan.inputFiles())) {
      problems.add("The prompts in %s are not those of the plan".formatted(plan.input()));
    }
    report(
        "%d ids are not there as often as they should be: %s", wrongCounts(plan, prompts, images));
    report("%d rows are not whole: %s", brokenRows(images));
  }

  /** Ids that have more or fewer images than the prompts ask for. */
  private static List<String> wrongCounts(RunPlan plan, PromptTable prompts, Dataset<Row> images) {
    Column wanted = coalesce(col("wanted"), lit(0L)).multiply(lit(plan.imagesPerPrompt()));
    Column found = coalesce(col("found"), lit(0L));
    return GuidedImageGenerator.ids(prompts.rows())
        .toDF("id")
        .groupBy("id")
        .agg(count(lit(1)).as("wanted"))
        .join(
            images.groupBy("id").agg(count(lit(1)).as("found")), new String[] {"id"}, "full_outer")
        .filter(wanted.notEqual(found))
        .select(col("id"), found, wanted)
        .collectAsList()
        .stream()
        .map(row -> "%s (%d times instead of %d)".formatted(row.get(0), row.get(1), row.get(2)))
        .toList();
  }

  private static List<String> brokenRows(Dataset<Row> images) {
    return images
        .select("id", "image_index", "status", "error", "image.bytes", "width", "height")
        .flatMap(new BrokenRow(), Encoders.STRING())
        .collectAsList();
  }

  private void report(String format, List<String> found) {
    if (!found.isEmpty()) {
      String examples = String.join(", ", found.subList(0, Math.min(EXAMPLES, found.size())));
      problems.add(
          format.formatted(
              found.size(), examples + (found.size() > EXAMPLES ? ", and others" : "")));
    }
  }
}
