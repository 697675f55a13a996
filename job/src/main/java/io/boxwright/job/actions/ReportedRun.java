package io.boxwright.job.actions;

import io.boxwright.job.evaluation.EvaluationRecord;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.output.ChunkFooter;
import io.boxwright.job.output.ChunkScan;
import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.DamagedFileException;
import io.boxwright.job.output.ImageTable;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.RunRecord;
import io.boxwright.job.page.PageRun;
import io.boxwright.job.page.RunSettings;
import io.boxwright.job.report.ResumeCommand;
import io.boxwright.job.report.RunSummary;
import io.boxwright.job.report.ScoreMeans;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A run that a report shows, finished or not. Its tables are opened when they are needed. */
final class ReportedRun {

  private final SparkSession spark;
  private final RunFolder folder;
  private final RunPlan plan;
  private final ChunkScan scan;
  private final Map<String, EvaluationRecord> evaluations = new TreeMap<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Dataset<Row>> scores = new HashMap<>();
  private Dataset<Row> images; // null: not opened yet

  private ReportedRun(SparkSession spark, RunFolder folder, RunPlan plan, ChunkScan scan) {
    this.spark = spark;
    this.folder = folder;
    this.plan = plan;
    this.scan = scan;
  }

  /**
   * Finds a run and its evaluations.
   *
   * @throws InvalidInputException if there is no run, or it is an evaluation
   */
  static ReportedRun find(RunFolder folder, SparkSession spark) {
    RunPlan plan = RunPlan.require(folder);
    if (plan.isEvaluation()) {
      throw new InvalidInputException(
          "%s is itself an evaluation; name the run that made the images".formatted(folder.path()));
    }
    ReportedRun run = new ReportedRun(spark, folder, plan, new ChunkTable(folder, plan).scan());
    folder.evaluations().forEach(run::findEvaluation);
    return run;
  }

  private void findEvaluation(String name) {
    try {
      findEvaluation(name, folder.evaluation(name));
    } catch (DamagedFileException e) { // the page can do without it
      notes.add("The evaluation %s is left out: %s".formatted(name, e.getMessage()));
    }
  }

  private void findEvaluation(String name, RunFolder evaluation) {
    Optional<EvaluationRecord> record = evaluation.readEvaluation(EvaluationRecord.class);
    Optional<RunPlan> made = RunPlan.read(evaluation);
    if (record.isEmpty() || made.isEmpty()) {
      notes.add("The evaluation %s is not finished".formatted(name));
    } else if (!new ChunkTable(evaluation, made.get()).scan().missing().isEmpty()) {
      notes.add("The evaluation %s is left out: chunks of its table are missing".formatted(name));
    } else if (!made.get().inputFiles().equals(EvaluatedRun.listInputs(scan))) {
      notes.add("The evaluation %s is of other images than those that are there".formatted(name));
    } else {
      evaluations.put(name, record.get());
    }
  }

  /** Returns the output folder. */
  RunFolder folder() {
    return folder;
  }

  /** Returns the figures of the finished evaluations of these images, by name. */
  Map<String, EvaluationRecord> evaluations() {
    return Collections.unmodifiableMap(evaluations);
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

  /** Returns whether the images have the scores of a detector themselves. */
  boolean hasOwnDetections() {
    return hasImages() && List.of(images().columns()).contains("detection");
  }

  /** Returns the settings of the detector that gave the images their own scores. */
  private Map<String, String> detectorOptions() {
    Map<String, String> options = new TreeMap<>(plan.options());
    options.keySet().removeIf(name -> !name.startsWith("detector"));
    return options;
  }

  /** Returns whether another run has scores of the same detector in its own table. */
  boolean hasSameDetector(ReportedRun other) {
    return hasOwnDetections()
        && other.hasOwnDetections()
        && detectorOptions().equals(other.detectorOptions());
  }

  /** Adds a sentence for the reader of the page, without the full stop. */
  void addNote(String note) {
    notes.add(note);
  }

  /** Returns the images of all finished chunks, at least one. */
  Dataset<Row> images() {
    if (images == null) {
      images = ImageTable.read(spark, new ChunkTable(folder, plan).paths(scan.files()));
    }
    return images;
  }

  /** Returns the table of a finished evaluation. */
  Dataset<Row> evaluation(String name) {
    return scores.computeIfAbsent(name, this::openEvaluation);
  }

  private Dataset<Row> openEvaluation(String name) {
    RunFolder evaluation = folder.evaluation(name);
    ChunkTable chunks = new ChunkTable(evaluation, RunPlan.require(evaluation));
    return ImageTable.read(spark, chunks.paths(chunks.scan().files()));
  }

  /**
   * Returns the facts of the run; reads its images without their pixels.
   *
   * @param name the name of the run on the page
   */
  PageRun describe(String name) {
    Optional<RunRecord> record = RunRecord.read(folder);
    Optional<RunSummary> summary =
        hasImages() ? Optional.of(RunSummary.of(images())) : Optional.empty();
    return new PageRun(
        name,
        folder.path(),
        record.map(run -> run.state().toString()).orElse("planned"),
        plan.images(),
        scan.images(),
        scan.failed(),
        summary.map(RunSummary::warned).orElse(0L),
        scan.missing().isEmpty() ? null : ResumeCommand.of(folder).toString(),
        plan.rows(),
        plan.imagesPerPrompt(),
        plan.input(),
        plan.model(),
        plan.modelHash(),
        describeVersions(),
        plan.created(),
        RunSettings.of(plan.options()),
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
