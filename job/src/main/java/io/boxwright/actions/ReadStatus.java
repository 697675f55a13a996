package io.boxwright.actions;

import io.boxwright.input.InvalidInputException;
import io.boxwright.output.ChunkFooter;
import io.boxwright.output.ChunkTable;
import io.boxwright.output.RunFolder;
import io.boxwright.output.RunLock;
import io.boxwright.output.RunLock.Holder;
import io.boxwright.output.RunPlan;
import io.boxwright.output.RunRecord;
import io.boxwright.report.RunStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Looks how far the run in a folder is, alive or dead. Needs no Spark. */
public final class ReadStatus {

  private final Configuration configuration;

  /** With Hadoop's settings. */
  public ReadStatus(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * Reads the status of a run from its output folder.
   *
   * @throws InvalidInputException if no run has ever been there
   */
  public RunStatus execute(String output) {
    RunFolder folder = RunFolder.of(configuration, output);
    RunPlan plan =
        RunPlan.read(folder)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "There is no run in %s: it has no plan.json".formatted(folder.path())));
    Optional<RunRecord> record = RunRecord.read(folder);
    List<ChunkFooter> footers = new ChunkTable(folder, plan).footers();
    return new RunStatus(
        state(record, RunLock.holder(folder)),
        plan.images(),
        footers.stream().mapToLong(ChunkFooter::images).sum(),
        footers.stream().mapToLong(ChunkFooter::failed).sum(),
        plan.chunks(),
        footers.size(),
        record.map(run -> run.lastAttempt().imagesPerSecond()).orElse(0.0),
        record.map(run -> run.lastAttempt().errors()).orElse(Map.of()),
        record.map(RunRecord::command).orElse("boxwright generate"));
  }

  private static String state(Optional<RunRecord> record, Optional<Holder> holder) {
    if (holder.isPresent()) {
      return (holder.get().alive() ? "running: " : "dead: ") + holder.get();
    }
    return record.map(ReadStatus::ended).orElse("planned");
  }

  private static String ended(RunRecord run) {
    String error = run.lastAttempt().error();
    return run.state() + " at " + run.updated() + (error == null ? "" : ": " + error);
  }
}
