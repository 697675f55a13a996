package io.boxwright.job.actions;

import io.boxwright.job.input.RootCause;
import io.boxwright.job.output.ChunkScan;
import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.DiskFault;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.RunRecorder;
import io.boxwright.text.Redaction;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a run, good or bad. */
final class RunEnd {

  private static final Logger LOG = LoggerFactory.getLogger(RunEnd.class);

  private final RunFolder folder;
  private final RunPlan plan;
  private final RunRecorder recorder;

  /**
   * Creates the end of a run.
   *
   * @param folder the output folder, which the run has locked
   * @param plan the plan of the run
   * @param recorder the recorder that keeps the run's record up to date
   */
  RunEnd(RunFolder folder, RunPlan plan, RunRecorder recorder) {
    this.folder = folder;
    this.plan = plan;
    this.recorder = recorder;
  }

  /**
   * Compares all footers with the plan, because only the files themselves show what is made. Writes
   * the plan again if it is gone, because later commands need it.
   *
   * @throws JobFailedException if the plan has changed or chunks are missing
   */
  ChunkScan checkFooters() {
    if (RunPlan.read(folder).isEmpty()) {
      LOG.warn("plan.json is gone; it is written again");
      plan.write(folder);
    }
    if (!RunPlan.require(folder).hash().equals(plan.hash())) {
      throw new JobFailedException("plan.json has changed since the run began", null);
    }
    ChunkScan scan = new ChunkTable(folder, plan).scan();
    recorder.found(scan);
    if (!scan.missing().isEmpty()) {
      String odd = scan.odd().isEmpty() ? "" : "; in their places lie " + scan.odd();
      throw new JobFailedException(
          "chunks were written, but are missing: " + scan.describeMissing() + odd, null);
    }
    return scan;
  }

  /**
   * Records why the run failed.
   *
   * @param task what could not be done, such as {@code make the images}
   * @param command the command, for people, that goes on after a failure
   * @return the exception to throw
   */
  JobFailedException recordFailure(String task, Exception e, String command) {
    boolean listed = e instanceof JobFailedException; // its message lists the errors, a line each
    Optional<DiskFault> fault = DiskFault.in(e);
    String reason =
        listed
            ? e.getMessage()
            : fault.map(DiskFault::reason).orElseGet(() -> RootCause.message(e));
    recorder.failed(reason);
    String again = command + Redaction.reminder(command);
    return new JobFailedException(
        "Cannot %s: %s%sFinished chunks stay: %d of %d; %s"
            .formatted(
                task,
                reason,
                listed ? System.lineSeparator() : ". ",
                recorder.chunksDone(),
                plan.chunks(),
                fault.map(disk -> disk.advice(again)).orElse("to go on: " + again)),
        e);
  }
}
