package io.boxwright.job.actions;

import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.job.input.ChunkPartitioner.PlacedRows;
import io.boxwright.job.input.JobDescription;
import io.boxwright.job.input.PromptTable;
import io.boxwright.job.output.Aside;
import io.boxwright.job.output.ChunkFile;
import io.boxwright.job.output.ChunkScan;
import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.ImageTable;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.RunRecorder;
import io.boxwright.job.report.ContactSheet;
import io.boxwright.job.report.RunResult;
import io.boxwright.job.report.RunSummary;
import io.boxwright.text.Count;
import io.boxwright.text.Redaction;
import io.boxwright.udf.counters.GenerationMonitor;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run that makes the images that a folder lacks, and counts the images that it then has. */
final class ChunkRun {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkRun.class);
  private static final int CONTACT_SHEET_IMAGES = 12;

  private final ImageWork work;
  private final GuidedImageGenerator generator;
  private final PromptTable prompts;
  private final RunFolder folder;
  private final RunPlan plan;
  private final RunRecorder recorder;

  /**
   * Creates a run.
   *
   * @param work the limits and the progress of its jobs
   * @param generator the generator that makes the images
   * @param prompts the prompt table
   * @param folder the output folder, which this run has locked
   * @param plan the plan of the run
   * @param recorder the recorder that keeps the run's record up to date
   */
  ChunkRun(
      ImageWork work,
      GuidedImageGenerator generator,
      PromptTable prompts,
      RunFolder folder,
      RunPlan plan,
      RunRecorder recorder) {
    this.work = work;
    this.generator = generator;
    this.prompts = prompts;
    this.folder = folder;
    this.plan = plan;
    this.recorder = recorder;
  }

  /**
   * Makes the images, chunk by chunk.
   *
   * @param there the chunks that exist already
   * @param existing the choice whether failed images are made again
   * @param command the command, for people, that goes on after a failure
   * @throws JobFailedException if the images cannot be made or written
   */
  RunResult run(ChunkScan there, ExistingOutput existing, String command) {
    long start = System.nanoTime();
    RunEnd end = new RunEnd(folder, plan, recorder);
    ChunkScan finished;
    RunResult result;
    try {
      makeMissing(there);
      if (existing == ExistingOutput.RETRY_ERRORS) {
        remakeFailed();
      }
      finished = end.checkFooters();
      Duration duration = Duration.ofNanos(System.nanoTime() - start);
      result =
          JobDescription.during(
              work.spark().sparkContext(),
              "Report: " + folder.path(),
              () -> report(there, finished, duration));
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      throw end.recordFailure("make the images", e, command);
    }
    recorder.finished();
    chunks().removeLeftovers(finished);
    return result;
  }

  private RunResult report(ChunkScan there, ChunkScan finished, Duration duration) {
    Dataset<Row> images = table().read(chunks().paths(finished.files()));
    return new RunResult(
        folder.images(),
        drawContactSheet(images),
        RunSummary.of(images),
        finished.good() - there.good(),
        recorder.refused(),
        recorder.loads(),
        duration);
  }

  private void makeMissing(ChunkScan there) {
    List<Integer> missing = there.missing();
    if (missing.isEmpty()) {
      return;
    }
    PlacedRows rows = prompts.inChunks(missing, plan.chunkRows());
    Dataset<Row> images = generator.generate(work.spark(), rows.rows(), rows.schema());
    List<ChunkFile> files = missing.stream().map(ChunkFile::first).toList();
    String what = "%d of %s".formatted(missing.size(), Count.of(plan.chunks(), "chunk"));
    write(images, files, new ImagesThere(plan.images(), there.images(), there.failed()), what);
  }

  private void remakeFailed() {
    FailedImages failed = new FailedImages(plan, prompts, table(), chunks());
    if (failed.files().isEmpty()) {
      return;
    }
    Dataset<Row> images = failed.remake(generator);
    List<ChunkFile> files = failed.files().stream().map(ChunkFile::next).toList();
    String what = Count.of(files.size(), "chunk") + " with failed images";
    write(images, files, new ImagesThere(plan.images(), plan.images() - failed.count(), 0), what);
  }

  private void write(Dataset<Row> images, List<ChunkFile> files, ImagesThere before, String what) {
    GenerationMonitor monitor = generator.monitor();
    recorder.setMonitor(monitor);
    String description = Redaction.of("Images: %s, %s".formatted(what, folder.path()));
    PromptWatch watch = new PromptWatch(prompts);
    Consumer<ChunkFile> onFinished =
        file -> {
          recorder.finished(file);
          watch.noteChunk();
        };
    work.run(
        () -> table().write(images, files, monitor.counters(), onFinished),
        monitor,
        before,
        description);
    recorder.record();
    if (watch.sawChange()) {
      throw setAside(files);
    }
  }

  /**
   * Moves chunks aside whose prompts had changed between their hashing and the making of images.
   */
  private JobFailedException setAside(List<ChunkFile> made) {
    Aside aside = new Aside(folder);
    Set<ChunkFile> targets = Set.copyOf(made);
    chunks().scan().files().stream()
        .filter(file -> targets.contains(file.target()))
        .forEach(file -> aside.put(file.name()));
    recorder.found(chunks().scan());
    return new JobFailedException(
        "the prompts in %s were changed before they were read; the images made from them are in %s"
            .formatted(prompts.path(), aside.path()),
        null);
  }

  private ChunkTable chunks() {
    return new ChunkTable(folder, plan);
  }

  private ImageTable table() {
    return new ImageTable(work.spark(), folder, plan);
  }

  /** Draws the contact sheet, an extra: if it fails, the run is still good. */
  private Optional<String> drawContactSheet(Dataset<Row> images) {
    try {
      return ContactSheet.draw(images, CONTACT_SHEET_IMAGES)
          .map(sheet -> folder.writePicture(RunFolder.CONTACT_SHEET, PngEncoder.encode(sheet)));
    } catch (Exception | LinkageError e) { // the latter if Java's graphics lack a library
      LOG.warn("Cannot draw the contact sheet: {}", e.toString());
      return Optional.empty();
    }
  }
}
