package io.boxwright.job.actions;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.output.DamagedFileException;
import io.boxwright.job.output.DiskFault;
import io.boxwright.job.output.LockLostException;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunLock;
import io.boxwright.text.Redaction;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.SparkContext;

/** An output folder that a driver locks while it works there. */
final class LockedFolder {

  private final SparkContext context;
  private final RunFolder folder;
  private final String command;

  /**
   * Wraps a folder, which stays unlocked until {@link #during}.
   *
   * @param context the context whose jobs are cancelled when the lock is lost
   * @param folder the folder, which exists
   * @param command the command, for people, that goes on after a failure
   */
  LockedFolder(SparkContext context, RunFolder folder, String command) {
    this.context = context;
    this.folder = folder;
    this.command = command;
  }

  /**
   * Locks the folder, does the work of a run, and unlocks it.
   *
   * @param run the run, which notes the lock
   * @param work the work; {@link RunLock#folder} is the folder that it may write to
   * @throws InvalidInputException if the folder is in use or a JSON file there is damaged
   * @throws JobFailedException if a file there cannot be read or written, or another run has taken
   *     the folder
   */
  <T> T during(OrderlyStop.Run run, Function<RunLock, T> work) {
    try (RunLock lock = RunLock.take(folder, context.applicationId(), context::cancelAllJobs)) {
      run.noteLock(lock);
      return during(lock, work);
    } catch (LockLostException e) {
      throw new JobFailedException(
          "%s. To go on when nobody else does: %s".formatted(e.getMessage(), describeResumption()),
          e);
    } catch (DamagedFileException e) {
      throw new InvalidInputException(
          e.getMessage() + "; restore it, or start anew with --overwrite", e);
    } catch (UncheckedIOException e) {
      throw explainFailure(e);
    }
  }

  private static <T> T during(RunLock lock, Function<RunLock, T> work) {
    try {
      return work.apply(lock);
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      Optional<LockLostException> lost = lock.lost();
      if (lost.isPresent()) {
        throw lost.get(); // e, such as a cancelled job, follows from it
      }
      throw e;
    }
  }

  /** Explains that a file next to the table could not be read or written. */
  private JobFailedException explainFailure(UncheckedIOException e) {
    String remedy =
        DiskFault.in(e)
            .map(fault -> fault.advice(describeResumption()))
            .orElse("to go on: " + describeResumption());
    return new JobFailedException(
        "Cannot work in output folder %s: %s; %s".formatted(folder.path(), e.getMessage(), remedy),
        e);
  }

  private String describeResumption() {
    return command + Redaction.reminder(command);
  }
}
