package io.boxwright.job.actions;

import io.boxwright.files.Sha256;
import io.boxwright.job.exporting.ExportedRun;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.PromptFile;
import io.boxwright.job.input.ResolvedPath;
import io.boxwright.job.output.ChunkScan;
import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.report.ResumeCommand;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** The finished runs of an export, with an evaluation of each if one is needed. */
final class FinishedRuns {

  private final SparkSession spark;
  private final String evaluation;

  /**
   * Looks for runs.
   *
   * @param evaluation the name of an evaluation that each run must have; null if none is needed
   */
  FinishedRuns(SparkSession spark, String evaluation) {
    this.spark = spark;
    this.evaluation = evaluation;
  }

  /**
   * Finds runs.
   *
   * @param folders their output folders
   * @throws InvalidInputException if there is no run, it is an evaluation or not finished, it was
   *     named before, or its evaluation is missing, not finished or of other images
   */
  List<ExportedRun> find(List<String> folders) {
    List<ExportedRun> runs = new ArrayList<>();
    Set<ResolvedPath> named = new HashSet<>();
    for (String name : folders) {
      RunFolder folder = RunFolder.of(spark.sparkContext().hadoopConfiguration(), name);
      if (!named.add(folder.resolvedPath())) {
        throw new InvalidInputException("The run in %s is named twice".formatted(name));
      }
      runs.add(find(folder, runs));
    }
    return runs;
  }

  /**
   * Checks that a dataset does not become part of a run.
   *
   * @throws InvalidInputException if the output folder lies in the folder of a run
   */
  void requireOutside(List<String> folders, RunFolder output) {
    for (String name : folders) {
      RunFolder folder = RunFolder.of(spark.sparkContext().hadoopConfiguration(), name);
      if (folder.resolvedPath().holds(output.resolvedPath())) {
        throw new InvalidInputException(
            "Invalid output folder %s: it lies in the folder of the run %s; name another"
                .formatted(output.path(), name));
      }
    }
  }

  private ExportedRun find(RunFolder folder, List<ExportedRun> before) {
    RunPlan plan = RunPlan.require(folder);
    if (plan.isEvaluation()) {
      throw new InvalidInputException(
          "%s is itself an evaluation; name the run that made the images, and this one with --evaluation"
              .formatted(folder.path()));
    }
    ChunkTable chunks = new ChunkTable(folder, plan);
    ChunkScan scan = requireFinished(folder, "run", chunks.scan());
    List<PromptFile> images = EvaluatedRun.listInputs(scan);
    String name = chooseName(folder, before);
    Optional<Scores> scores =
        Optional.ofNullable(evaluation).map(value -> findScores(folder, images));
    String content = plan.hash() + describe(images) + scores.map(Scores::content).orElse("");
    return new ExportedRun(
        before.size() + 1,
        name,
        List.of(chunks.paths(scan.files())),
        scores.map(Scores::files).orElse(List.of()),
        scan.failed(),
        Sha256.hex(content),
        new ExportedRun.Origin(
            name,
            plan.created(),
            plan.version(),
            plan.model(),
            plan.modelHash(),
            plan.hash(),
            plan.images(),
            plan.options()));
  }

  /**
   * The table of an evaluation.
   *
   * @param files the paths of its files
   * @param content what its rows depend on, and their hashes
   */
  private record Scores(List<String> files, String content) {}

  private Scores findScores(RunFolder run, List<PromptFile> images) {
    EvaluatedRun.requireName(evaluation);
    RunFolder folder = run.evaluation(evaluation);
    RunPlan plan = requireEvaluation(run, folder, images);
    ChunkTable chunks = new ChunkTable(folder, plan);
    ChunkScan scan = requireFinished(folder, "evaluation", chunks.scan());
    return new Scores(
        List.of(chunks.paths(scan.files())), plan.hash() + describe(EvaluatedRun.listInputs(scan)));
  }

  /** Returns the name of the folder; one that an earlier run has gets the number of the run. */
  private static String chooseName(RunFolder folder, List<ExportedRun> before) {
    Set<String> taken = before.stream().map(ExportedRun::name).collect(Collectors.toSet());
    String name = new Path(folder.resolvedPath().path()).getName();
    while (taken.contains(name)) {
      name = "%s-%d".formatted(name, before.size() + 1);
    }
    return name;
  }

  private static String describe(List<PromptFile> files) {
    return files.stream().map(file -> file.name() + " " + file.sha256()).toList().toString();
  }

  private static ChunkScan requireFinished(RunFolder folder, String kind, ChunkScan scan) {
    if (!scan.missing().isEmpty()) {
      throw new InvalidInputException(
          "The %s in %s is not finished, chunks are missing: %s. To go on with it: %s"
              .formatted(kind, folder.path(), scan.describeMissing(), ResumeCommand.of(folder)));
    }
    return scan;
  }

  private RunPlan requireEvaluation(RunFolder run, RunFolder scored, List<PromptFile> images) {
    RunPlan plan =
        RunPlan.read(scored)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "%s has no evaluation %s; make it: boxwright evaluate %s --name %s --detector ..."
                            .formatted(run.path(), evaluation, run.path(), evaluation)));
    if (!plan.inputFiles().equals(images)) {
      throw new InvalidInputException(
          "The images in %s have changed since %s was made; evaluate them again"
              .formatted(run.path(), scored.path()));
    }
    return plan;
  }
}
