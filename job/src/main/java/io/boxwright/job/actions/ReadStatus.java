package io.boxwright.job.actions;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.output.ChunkScan;
import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.DamagedFileException;
import io.boxwright.job.output.FolderContents;
import io.boxwright.job.output.FoundLock;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.RunRecord;
import io.boxwright.job.report.ResumeCommand;
import io.boxwright.job.report.RunStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** The action that finds how far the run in a folder is, alive or dead. It needs no Spark. */
public final class ReadStatus {

  private final Configuration configuration;

  /** Reads with Hadoop's settings. */
  public ReadStatus(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * Reads the status of a run from its output folder.
   *
   * @throws InvalidInputException if no run has ever been there, or its plan is damaged
   */
  public RunStatus execute(String output) {
    RunFolder folder = RunFolder.of(configuration, output);
    RunPlan plan = readPlan(folder);
    Optional<FoundLock> lock = FoundLock.in(folder);
    Optional<RunRecord> record = RunRecord.read(folder);
    ChunkScan scan = new ChunkTable(folder, plan).scan();
    return new RunStatus(
        describeState(record, lock),
        lock.filter(found -> found.judge(Instant.now()) == FoundLock.Verdict.ALIVE).isPresent(),
        plan.images(),
        scan.images(),
        scan.failed(),
        record.map(run -> countRefused(run, scan.failed())).orElse(0L),
        plan.chunks(),
        scan.finished().size(),
        listRemarks(folder, scan),
        record.map(run -> run.lastAttempt().imagesPerSecond()).orElse(0.0),
        record.map(run -> run.lastAttempt().errors()).orElse(Map.of()),
        ResumeCommand.of(folder));
  }

  /**
   * Returns how many of the failed images are of rows that the checks refused, 0 if this is
   * unknown: no file says it of each image. The last driver knows if it met all of them, as it does
   * when it makes failed images again. Otherwise all drivers together know, unless some made the
   * same images.
   */
  private static long countRefused(RunRecord record, long failed) {
    if (record.lastAttempt().failed() == failed) {
      return record.lastAttempt().refused();
    }
    List<RunRecord.Attempt> all = record.attempts();
    return all.stream().mapToLong(RunRecord.Attempt::failed).sum() == failed
        ? all.stream().mapToLong(RunRecord.Attempt::refused).sum()
        : 0;
  }

  private static RunPlan readPlan(RunFolder folder) {
    try {
      return RunPlan.require(folder);
    } catch (DamagedFileException e) {
      throw new InvalidInputException(
          e.getMessage() + "; restore it, or start anew with generate --overwrite", e);
    }
  }

  /** Lists the files in the folder that are not part of the run. */
  private static List<String> listRemarks(RunFolder folder, ChunkScan scan) {
    List<String> remarks = new ArrayList<>();
    scan.odd().forEach(file -> remarks.add("In images: %s does not count".formatted(file)));
    scan.strangers()
        .forEach(name -> remarks.add("In images: %s does not belong to this run".formatted(name)));
    new FolderContents(folder)
        .strangers()
        .forEach(name -> remarks.add("%s does not belong to this run".formatted(name)));
    return remarks;
  }

  private static String describeState(Optional<RunRecord> record, Optional<FoundLock> lock) {
    return lock.map(ReadStatus::describeHeld)
        .orElseGet(() -> record.map(ReadStatus::describeEnded).orElse("planned"));
  }

  /** Judges by this machine's clock: to ask the file system for its own, one has to write there. */
  private static String describeHeld(FoundLock lock) {
    Instant now = Instant.now();
    String state =
        switch (lock.judge(now)) {
          case ALIVE -> lock.isWhole() ? "running: " : "not known: ";
          case SILENT -> "probably dead: ";
          case GONE -> "dead: ";
        };
    return state + lock.describe(now);
  }

  private static String describeEnded(RunRecord run) {
    String error = run.lastAttempt().error();
    return run.state() + " at " + run.updated() + (error == null ? "" : ": " + error);
  }
}
