package io.boxwright.job.actions;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.JobDescription;
import io.boxwright.job.input.PromptTable;
import io.boxwright.job.output.ChunkFooter;
import io.boxwright.job.output.ChunkScan;
import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.DamagedFileException;
import io.boxwright.job.output.FolderContents;
import io.boxwright.job.output.ImageTable;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.Staging;
import io.boxwright.job.report.ResumeCommand;
import io.boxwright.job.report.VerifyResult;
import io.boxwright.job.verification.DamageReport;
import io.boxwright.job.verification.PromptCheck;
import io.boxwright.job.verification.RowCheck;
import io.boxwright.job.verification.SealCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The action that checks that an output folder holds what its plan says, and nothing else: an image
 * or an error for every prompt exactly once, every byte as it was written, every row that of its
 * prompt, every picture whole. Each finding is a sentence; all are listed.
 */
public final class VerifyImages {

  private final SparkSession spark;
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** Runs on a session. */
  public VerifyImages(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Checks a folder, and reads all of it.
   *
   * @throws InvalidInputException if it has no plan
   */
  public VerifyResult execute(String output) {
    return JobDescription.during(spark.sparkContext(), "Verify: " + output, () -> verify(output));
  }

  private VerifyResult verify(String output) {
    RunFolder folder = RunFolder.of(configuration(), output);
    problems.addAll(new FolderContents(folder).damagedFiles());
    Optional<RunPlan> plan = readPlan(folder);
    if (plan.isEmpty()) {
      return new VerifyResult(
          folder.images(),
          0,
          0,
          problems,
          notes,
          "restore plan.json, or start anew with generate --overwrite");
    }
    ChunkTable chunks = new ChunkTable(folder, plan.get());
    ChunkScan scan = chunks.scan();
    checkNames(folder, scan);
    Map<String, ChunkFooter> whole = findWholeFiles(chunks, scan);
    if (plan.get().isEvaluation()) {
      checkEvaluated(folder, plan.get());
    } else {
      checkRows(whole);
      checkPrompts(plan.get(), whole);
    }
    return new VerifyResult(
        folder.images(), scan.images(), scan.failed(), problems, notes, describeRemedy(folder));
  }

  private static String describeRemedy(RunFolder folder) {
    return "move the files named above out of the folder, then make what is missing: "
        + ResumeCommand.of(folder);
  }

  private Configuration configuration() {
    return spark.sparkContext().hadoopConfiguration();
  }

  /** Reads the plan; nothing if it is damaged, which is among the problems already. */
  private static Optional<RunPlan> readPlan(RunFolder folder) {
    try {
      return Optional.of(RunPlan.require(folder));
    } catch (DamagedFileException e) {
      return Optional.empty();
    }
  }

  private void checkNames(RunFolder folder, ChunkScan scan) {
    if (!scan.missing().isEmpty()) {
      problems.add("chunks are missing: " + scan.describeMissing());
    }
    scan.odd()
        .forEach(file -> problems.add("images/%s: %s".formatted(file.name(), file.problem())));
    scan.leftovers().forEach(name -> problems.add("images/%s does not count".formatted(name)));
    scan.strangers()
        .forEach(name -> problems.add("images/%s does not belong to this run".formatted(name)));
    new FolderContents(folder)
        .strangers()
        .forEach(name -> problems.add("%s does not belong to this run".formatted(name)));
    new Staging(folder)
        .names()
        .forEach(
            name ->
                problems.add(
                    "_staging/%s was left by an attempt that was cut off".formatted(name)));
  }

  /** Finds the files whose bytes are those that were written: their footers by path. */
  private Map<String, ChunkFooter> findWholeFiles(ChunkTable chunks, ChunkScan scan) {
    Map<String, String> broken = SealCheck.findBrokenFiles(spark, chunks.paths(scan.files()));
    Map<String, ChunkFooter> whole = new LinkedHashMap<>();
    for (ChunkFooter footer : scan.finished().values()) {
      String path = chunks.path(footer.file());
      if (broken.containsKey(path)) {
        problems.add("%s: %s".formatted(footer.file().name(), broken.get(path)));
        problems.addAll(new DamageReport(configuration(), new Path(path)).findPlaces());
      } else {
        whole.put(path, footer);
      }
    }
    return whole;
  }

  /** Checks that there are figures, and that the images are still those that were evaluated. */
  private void checkEvaluated(RunFolder evaluation, RunPlan plan) {
    if (!evaluation.hasEvaluation()) {
      problems.add("the file of figures, evaluation.json, is missing");
    }
    RunFolder run = RunFolder.of(configuration(), new Path(plan.input()).getParent().toString());
    Optional<RunPlan> there = RunPlan.read(run);
    if (there.isEmpty()) {
      notes.add("The scores are not compared with the images: there is no run in " + run.path());
      return;
    }
    ChunkScan scan = new ChunkTable(run, there.get()).scan();
    if (!EvaluatedRun.listInputs(scan).equals(plan.inputFiles())) {
      problems.add("The images in %s are not those that were evaluated".formatted(run.path()));
    }
  }

  private void checkRows(Map<String, ChunkFooter> whole) {
    Map<String, String> digests = new LinkedHashMap<>();
    whole.forEach((path, footer) -> digests.put(path, footer.rows()));
    long largest = whole.values().stream().mapToLong(ChunkFooter::bytes).max().orElse(0);
    problems.addAll(RowCheck.findProblems(spark, digests, largest));
  }

  private void checkPrompts(RunPlan plan, Map<String, ChunkFooter> whole) {
    PromptTable prompts;
    try {
      prompts = PromptTable.read(spark, plan.input(), plan.renamePrefix());
    } catch (InvalidInputException e) {
      notes.add("The rows are not compared with the prompts. " + e.getMessage());
      return;
    }
    if (!prompts.files().equals(plan.inputFiles())) {
      problems.add(
          "The prompts in %s are not those of the plan, and are not compared with the rows"
              .formatted(plan.input()));
    } else if (!whole.isEmpty()) {
      problems.addAll(
          PromptCheck.findProblems(
              plan, prompts, ImageTable.read(spark, whole.keySet().toArray(String[]::new))));
    }
  }
}
