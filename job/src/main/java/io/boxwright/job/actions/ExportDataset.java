package io.boxwright.job.actions;

import io.boxwright.job.exporting.CandidateReader;
import io.boxwright.job.exporting.DatasetCard;
import io.boxwright.job.exporting.ExportPlan;
import io.boxwright.job.exporting.ExportResult;
import io.boxwright.job.exporting.ExportSettings;
import io.boxwright.job.exporting.ExportSheet;
import io.boxwright.job.exporting.ExportedRun;
import io.boxwright.job.exporting.PartWriter;
import io.boxwright.job.exporting.SelectionWriter;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.JobDescription;
import io.boxwright.job.input.RootCause;
import io.boxwright.job.output.DamagedFileException;
import io.boxwright.job.output.DiskFault;
import io.boxwright.job.output.ExportFolder;
import io.boxwright.job.output.LockLostException;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.Versions;
import io.boxwright.text.Count;
import io.boxwright.text.Redaction;
import io.boxwright.udf.counters.GenerationMonitor;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.SparkSession;

/**
 * The action that makes a dataset for training of the images of finished runs. The driver writes
 * down which images are in it, executors write these, and the driver describes them. A file that is
 * there is whole and stays, so that an export goes on when it was cut off; the card is the last
 * one.
 */
public final class ExportDataset {

  private static final double NO_LIMIT = 1;

  private final SparkSession spark;
  private final ExportSettings settings;
  private List<String> runs = List.of();
  private String output;
  private String command = "boxwright export";
  private PrintWriter console = new PrintWriter(Writer.nullWriter());
  private OrderlyStop stop;

  /** Exports with a session. */
  public ExportDataset(SparkSession spark, ExportSettings settings) {
    this.spark = spark;
    this.settings = settings;
  }

  /** Sets the output folders of the runs. At least one is required. */
  public ExportDataset runs(List<String> folders) {
    runs = List.copyOf(folders);
    return this;
  }

  /** Sets the folder of the dataset, which is empty or does not exist. Required. */
  public ExportDataset output(String folder) {
    output = folder;
    return this;
  }

  /** Sets the command, for people, that goes on with this export. */
  public ExportDataset command(String line) {
    command = line;
    return this;
  }

  /** Sets the writer that progress is printed to; default: none. */
  public ExportDataset console(PrintWriter writer) {
    console = writer;
    return this;
  }

  /**
   * Sets the stop that ends the export when the process is told to end. The caller closes it.
   * Default: the export has one of its own while it is executed.
   */
  public ExportDataset stop(OrderlyStop value) {
    stop = value;
    return this;
  }

  /**
   * Checks everything, chooses the images, and writes the dataset.
   *
   * @throws InvalidInputException before any image is written, if a run is not there or not
   *     finished, the settings do not fit its table, no image is left, or the folder holds
   *     something else
   * @throws JobFailedException if files cannot be read or written; finished files stay
   * @throws RunStoppedException if the process was told to end; finished files stay
   */
  public ExportResult execute() {
    return OrderlyStop.runAction(
        stop, console, command, spark.sparkContext(), this::checkAndExport);
  }

  private ExportResult checkAndExport(OrderlyStop.Run ending) {
    FinishedRuns finished = new FinishedRuns(spark, settings.evaluation());
    RunFolder folder = RunFolder.of(spark.sparkContext().hadoopConfiguration(), output);
    finished.requireOutside(runs, folder);
    List<ExportedRun> found = finished.find(runs);
    CandidateReader candidates = new CandidateReader(spark, settings, found);
    new ExportFolder(folder).claim(ExportPlan.FILE);
    return new LockedFolder(spark.sparkContext(), folder, command)
        .during(ending, lock -> export(new ExportFolder(lock.folder()), found, candidates, ending));
  }

  private ExportResult export(
      ExportFolder folder,
      List<ExportedRun> found,
      CandidateReader candidates,
      OrderlyStop.Run ending) {
    folder.sweep();
    Optional<ExportPlan> there = readPlan(folder);
    there.ifPresent(plan -> requireSame(folder, plan, found));
    try {
      ExportPlan plan = there.orElseGet(() -> choose(folder, candidates));
      long written = writeImages(folder, plan, found, ending);
      int descriptions = describe(folder, plan, found);
      folder.sweep();
      return new ExportResult(folder.path(), written, descriptions, plan);
    } catch (InvalidInputException | LockLostException e) {
      throw e;
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      throw explainFailure(e);
    }
  }

  private static Optional<ExportPlan> readPlan(ExportFolder folder) {
    try {
      return folder.readRecord(ExportPlan.FILE, ExportPlan.class);
    } catch (DamagedFileException e) {
      throw new InvalidInputException(e.getMessage() + "; remove the folder, and export again", e);
    }
  }

  private void requireSame(ExportFolder folder, ExportPlan plan, List<ExportedRun> found) {
    Map<String, String> here = ExportPlan.identify(Versions.boxwright(), settings, found);
    List<String> differences = plan.differences(here);
    if (!differences.isEmpty()) {
      throw new InvalidInputException(
          "%s holds another export: %s. Name another folder, or remove this one"
              .formatted(folder.path(), String.join("; ", differences)));
    }
  }

  private ExportPlan choose(ExportFolder folder, CandidateReader candidates) {
    ExportPlan plan =
        JobDescription.during(
            spark.sparkContext(),
            "Export: choosing images for " + folder.path(),
            () -> select(folder, candidates));
    folder.writeRecord(ExportPlan.FILE, plan);
    return readPlan(folder).orElseThrow(); // as an export that goes on has it, without secrets
  }

  private ExportPlan select(ExportFolder folder, CandidateReader candidates) {
    try {
      return new SelectionWriter(settings, candidates).write(folder, Versions.boxwright());
    } catch (InvalidInputException | LockLostException e) {
      throw e;
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      candidates.requireValues(e);
      throw e;
    }
  }

  private long writeImages(
      ExportFolder folder, ExportPlan plan, List<ExportedRun> found, OrderlyStop.Run ending) {
    try (GenerationMonitor monitor = new GenerationMonitor(spark.sparkContext())) {
      ending.noteProgress(
          () -> "%d of %s".formatted(monitor.images(), Count.of(plan.images(), "image")));
      AtomicLong written = new AtomicLong();
      new ImageWork(spark, NO_LIMIT, console)
          .run(
              () ->
                  written.set(PartWriter.writeAll(spark, folder, plan, found, monitor.counters())),
              monitor,
              new ImagesThere(plan.images(), 0, 0),
              Redaction.of("Export: " + folder.path()));
      return written.get();
    }
  }

  private int describe(ExportFolder folder, ExportPlan plan, List<ExportedRun> found) {
    int written = plan.writeDescriptions(folder);
    if (!folder.has(ExportSheet.FILE)) {
      new ExportSheet(spark, found).write(folder, plan);
      written++;
    }
    if (!folder.has(DatasetCard.FILE)) {
      DatasetCard.write(folder, plan);
      written++;
    }
    return written;
  }

  private JobFailedException explainFailure(Exception e) {
    Optional<DiskFault> fault = DiskFault.in(e);
    String again = command + Redaction.reminder(command);
    return new JobFailedException(
        "Cannot export the images: %s. Finished files stay; %s"
            .formatted(
                fault.map(DiskFault::reason).orElseGet(() -> RootCause.message(e)),
                fault.map(disk -> disk.advice(again)).orElse("to go on: " + again)),
        e);
  }
}
