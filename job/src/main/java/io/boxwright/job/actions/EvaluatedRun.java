package io.boxwright.job.actions;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;

import io.boxwright.job.evaluation.EvaluationSettings;
import io.boxwright.job.evaluation.ImageFile;
import io.boxwright.job.evaluation.InputColumns;
import io.boxwright.job.figures.LabelSource;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.JobDescription;
import io.boxwright.job.input.PromptFile;
import io.boxwright.job.output.ChunkFooter;
import io.boxwright.job.output.ChunkScan;
import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.CommitMode;
import io.boxwright.job.output.FolderContents;
import io.boxwright.job.output.ImageTable;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.Versions;
import io.boxwright.job.report.ResumeCommand;
import io.boxwright.text.Printable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A finished run whose images are evaluated.
 *
 * @param folder the output folder of the run
 * @param run the plan of the run
 * @param finished its chunks
 * @param settings what the evaluation does
 */
record EvaluatedRun(
    RunFolder folder, RunPlan run, ChunkScan finished, EvaluationSettings settings) {

  /** The names that an evaluation may have, as a regular expression. */
  static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";

  /**
   * Finds a run.
   *
   * @throws InvalidInputException if there is none, it is not finished, or its table lacks what the
   *     evaluation needs
   */
  static EvaluatedRun find(RunFolder folder, SparkSession spark, EvaluationSettings settings) {
    RunPlan run = RunPlan.require(folder);
    if (run.isEvaluation()) {
      throw new InvalidInputException(
          "%s is itself an evaluation; name the run that made the images".formatted(folder.path()));
    }
    ChunkTable chunks = new ChunkTable(folder, run);
    ChunkScan scan = chunks.scan();
    if (!scan.missing().isEmpty()) {
      throw new InvalidInputException(
          "The run in %s is not finished, chunks are missing: %s. To go on with it: %s"
              .formatted(folder.path(), scan.describeMissing(), ResumeCommand.of(folder)));
    }
    Dataset<Row> images = ImageTable.read(spark, chunks.paths(scan.files()));
    requireColumns(folder, images.schema(), settings);
    if (settings.source() == LabelSource.EXPECTATIONS) {
      requireExpectations(folder, images, settings);
    }
    return new EvaluatedRun(folder, run, scan, settings);
  }

  private static void requireColumns(
      RunFolder folder, StructType columns, EvaluationSettings settings) {
    boolean there = Set.of(columns.fieldNames()).contains(InputColumns.EXPECTED);
    if (settings.source() == LabelSource.EXPECTATIONS && !there) {
      throw missingExpectations(folder, "have no column expected", settings);
    }
    InputColumns.findProblem(columns)
        .ifPresent(
            problem -> {
              throw new InvalidInputException(
                  "Cannot evaluate the images in %s: %s".formatted(folder.path(), problem));
            });
  }

  /** Refuses images without any expectation; a table without images is not refused. */
  private static void requireExpectations(
      RunFolder folder, Dataset<Row> images, EvaluationSettings settings) {
    Column count = size(col(InputColumns.EXPECTED)); // null or -1 for null
    boolean missing =
        JobDescription.during(
            images.sparkSession().sparkContext(),
            "Expectations: " + folder.path(),
            () -> images.filter(count.gt(0)).isEmpty() && !images.isEmpty());
    if (missing) {
      throw missingExpectations(folder, "have nothing in their column expected", settings);
    }
  }

  private static InvalidInputException missingExpectations(
      RunFolder folder, String problem, EvaluationSettings settings) {
    return new InvalidInputException(
        "The images in %s %s, which %s needs; import the prompts with boxwright import"
            .formatted(
                folder.path(),
                problem,
                Optional.ofNullable(settings.benchmark()).orElse("this evaluation")));
  }

  /**
   * Returns the folder of an evaluation of this run.
   *
   * @throws InvalidInputException if the name is not that of a folder
   */
  RunFolder evaluation(String name) {
    requireName(name);
    return folder.evaluation(name);
  }

  /**
   * Checks the name of an evaluation.
   *
   * @throws InvalidInputException if it is not that of a folder
   */
  static void requireName(String name) {
    if (!name.matches(NAME)) {
      throw new InvalidInputException(
          "Invalid name of an evaluation: %s, use letters, digits, '.', '_' and '-'"
              .formatted(Printable.name(name)));
    }
  }

  /**
   * Returns the plan of an evaluation, and writes it if there is none.
   *
   * @param evaluation the folder, which this evaluation has locked
   * @throws InvalidInputException if the folder has another plan, naming what differs
   */
  RunPlan plan(RunFolder evaluation, ExistingOutput existing) {
    Optional<RunPlan> there =
        existing == ExistingOutput.OVERWRITE ? Optional.empty() : RunPlan.read(evaluation);
    RunPlan plan = makePlan(there.map(RunPlan::commit).orElseGet(evaluation::usualCommit));
    if (there.isPresent()) {
      requireSame(evaluation, there.get(), plan);
      return there.get();
    }
    new FolderContents(evaluation).clear();
    plan.write(evaluation);
    return plan;
  }

  private RunPlan makePlan(CommitMode commit) {
    Map<String, String> options = settings.options();
    options.put(RunPlan.EVALUATION_OF, run.hash());
    return new RunPlan(
        Versions.boxwright(),
        Instant.now().toString(),
        folder.images(),
        listInputs(finished),
        run.images(),
        1,
        run.chunkRows() * run.imagesPerPrompt(),
        commit,
        settings.detectorName(),
        settings.modelHash(),
        options);
  }

  /** Returns the files of an image table, as the plans of its evaluations name them. */
  static List<PromptFile> listInputs(ChunkScan images) {
    return images.finished().values().stream().map(EvaluatedRun::toInput).toList();
  }

  private static PromptFile toInput(ChunkFooter footer) {
    return new PromptFile(footer.file().name(), footer.bytes(), footer.images(), footer.rows());
  }

  private void requireSame(RunFolder evaluation, RunPlan there, RunPlan here) {
    if (!there.inputFiles().equals(here.inputFiles())) {
      List<PromptFile> changed = new ArrayList<>(here.inputFiles());
      changed.removeAll(there.inputFiles());
      throw new InvalidInputException(
          "The images in %s have changed since %s was made: %s%s. Name another evaluation with --name, or remove this one with --overwrite"
              .formatted(
                  folder.path(),
                  evaluation.path(),
                  changed.isEmpty() ? "chunks are gone" : changed.get(0).name() + " is another one",
                  changed.size() > 1 ? ", and %d more".formatted(changed.size() - 1) : ""));
    }
    List<String> differences = there.differences(here);
    if (!differences.isEmpty()) {
      throw new InvalidInputException(
          "%s is another evaluation: %s. Name another one with --name, or remove this one with --overwrite"
              .formatted(evaluation.path(), String.join("; ", differences)));
    }
  }

  /** Returns the files with the images of chunks. */
  List<ImageFile> files(List<Integer> chunks) {
    ChunkTable table = new ChunkTable(folder, run);
    return chunks.stream()
        .map(chunk -> finished.finished().get(chunk))
        .map(footer -> new ImageFile(table.path(footer.file()), footer.rows()))
        .toList();
  }
}
