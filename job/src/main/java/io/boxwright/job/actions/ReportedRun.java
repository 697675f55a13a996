package io.boxwright.job.actions;

import io.boxwright.job.evaluation.EvaluationRecord;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.output.ChunkFooter;
import io.boxwright.job.output.ChunkScan;
import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.ImageTable;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.RunRecord;
import io.boxwright.job.page.PageRun;
import io.boxwright.job.report.RunSummary;
import io.boxwright.job.report.ScoreMeans;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A run that a report shows, finished or not.
 *
 * @param folder the output folder of the run
 * @param plan its plan
 * @param scan its chunks
 * @param evaluations the figures of its finished evaluations of these images, by name
 * @param notes a sentence for each evaluation that is left out
 */
record ReportedRun(
    RunFolder folder,
    RunPlan plan,
    ChunkScan scan,
    Map<String, EvaluationRecord> evaluations,
    List<String> notes) {

  /**
   * Finds a run and its evaluations.
   *
   * @throws InvalidInputException if there is no run, or it is an evaluation
   */
  static ReportedRun find(RunFolder folder) {
    RunPlan plan = RunPlan.require(folder);
    if (plan.isEvaluation()) {
      throw new InvalidInputException(
          "%s is itself an evaluation; name the run that made the images".formatted(folder.path()));
    }
    ChunkScan scan = new ChunkTable(folder, plan).scan();
    Map<String, EvaluationRecord> evaluations = new TreeMap<>();
    List<String> notes = new ArrayList<>();
    for (String name : folder.evaluations()) {
      RunFolder evaluation = folder.evaluation(name);
      Optional<EvaluationRecord> record = evaluation.readEvaluation(EvaluationRecord.class);
      Optional<RunPlan> made = RunPlan.read(evaluation);
      if (record.isEmpty() || made.isEmpty()) {
        notes.add("The evaluation %s is not finished".formatted(name));
      } else if (!made.get().inputFiles().equals(EvaluatedRun.listInputs(scan))) {
        notes.add("The evaluation %s is of images that are gone or not all".formatted(name));
      } else {
        evaluations.put(name, record.get());
      }
    }
    return new ReportedRun(folder, plan, scan, evaluations, notes);
  }

  /** Returns whether any image is there. */
  boolean hasImages() {
    return !scan.files().isEmpty();
  }

  /** Returns whether there is a finished evaluation of a name that has detections. */
  boolean hasDetections(String name) {
    return evaluations.containsKey(name)
        && !"none".equals(evaluations.get(name).options().get("detector"));
  }

  /** Reads the images of all finished chunks, at least one. */
  Dataset<Row> images(SparkSession spark) {
    return ImageTable.read(spark, new ChunkTable(folder, plan).paths(scan.files()));
  }

  /** Reads the images of some files, by their names. */
  Dataset<Row> images(SparkSession spark, List<String> names) {
    ChunkTable chunks = new ChunkTable(folder, plan);
    return ImageTable.read(
        spark,
        scan.files().stream()
            .filter(file -> names.contains(file.name()))
            .map(chunks::path)
            .toArray(String[]::new));
  }

  /** Reads the table of a finished evaluation. */
  Dataset<Row> evaluation(SparkSession spark, String name) {
    RunFolder evaluation = folder.evaluation(name);
    RunPlan made = RunPlan.require(evaluation);
    ChunkTable chunks = new ChunkTable(evaluation, made);
    return ImageTable.read(spark, chunks.paths(chunks.scan().files()));
  }

  /** Returns the facts of the run; reads its images without their pixels. */
  PageRun describe(SparkSession spark, String name) {
    Optional<RunRecord> record = RunRecord.read(folder);
    Optional<RunSummary> summary =
        hasImages() ? Optional.of(RunSummary.of(images(spark))) : Optional.empty();
    return new PageRun(
        name,
        folder.path(),
        record.map(run -> run.state().toString()).orElse("planned"),
        plan.images(),
        scan.images(),
        scan.failed(),
        summary.map(RunSummary::warned).orElse(0L),
        scan.missing().isEmpty() ? null : scan.describeMissing(),
        plan.rows(),
        plan.imagesPerPrompt(),
        plan.input(),
        plan.model(),
        plan.modelHash(),
        describeVersions(),
        plan.created(),
        plan.options(),
        record.map(ReportedRun::toSpeed).orElse(null),
        summary.map(RunSummary::errors).orElse(Map.of()).entrySet().stream()
            .map(error -> new PageRun.ErrorCount(error.getKey(), error.getValue()))
            .toList(),
        summary.map(ReportedRun::listMeans).orElse(List.of()),
        notes);
  }

  /** Describes the versions that made the images; several if the run went on with others. */
  private String describeVersions() {
    return scan.finished().values().stream()
        .map(ChunkFooter::versions)
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private static PageRun.Speed toSpeed(RunRecord record) {
    RunRecord.Attempt last = record.lastAttempt();
    return new PageRun.Speed(
        last.imagesPerSecond(),
        record.attempts().size(),
        last.stageSeconds(),
        last.peakDeviceBytes(),
        last.peakHostBytes());
  }

  private static List<PageRun.Mean> listMeans(RunSummary summary) {
    return summary.scores().stream().flatMap(scores -> toMeans(scores).stream()).toList();
  }

  private static List<PageRun.Mean> toMeans(ScoreMeans scores) {
    return scores.group().compared().stream()
        .filter(label -> scores.means().containsKey(label.path()))
        .map(
            label ->
                new PageRun.Mean(
                    scores.group().name() + "." + label.path(),
                    label.text(),
                    scores.means().get(label.path()),
                    scores.images()))
        .toList();
  }
}
