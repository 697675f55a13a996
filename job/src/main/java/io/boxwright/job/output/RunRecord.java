package io.boxwright.job.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a run is: {@code run.json}, written anew every few seconds.
 *
 * @param state of the last attempt
 * @param term of the driver that wrote it
 * @param plan its hash
 * @param command that goes on with the run
 * @param directory where the command was given, on the driver's machine; relative paths in it start
 *     there
 * @param rows of the prompt table
 * @param rowsDone those of them that are in finished chunks
 * @param chunks all
 * @param chunksDone those that are finished
 * @param started when the first attempt began, ISO 8601
 * @param updated when this was written, ISO 8601
 * @param attempts one entry for each driver that worked on the run
 */
public record RunRecord(
    State state,
    long term,
    String plan,
    String command,
    String directory,
    long rows,
    long rowsDone,
    int chunks,
    int chunksDone,
    String started,
    String updated,
    List<Attempt> attempts) {

  private static final Logger LOG = LoggerFactory.getLogger(RunRecord.class);

  /** Refuses what a damaged file gives. */
  public RunRecord {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(command, "command");
    attempts = List.copyOf(attempts);
    if (attempts.isEmpty()) {
      throw new IllegalArgumentException("There are no attempts");
    }
  }

  /** How an attempt stands. */
  public enum State {
    /** Its driver is at work, or was killed. */
    RUNNING,
    /** All chunks are finished. */
    FINISHED,
    /** An error ended it. */
    FAILED,
    /** Its process was told to end. */
    INTERRUPTED;

    /** As {@code run.json} spells it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What one driver did. Counts are those of Spark's accumulators: they lack what was made since
   * executors' last heartbeats.
   *
   * @param state how it stands
   * @param error what ended it, if it failed
   * @param application Spark's id
   * @param host of the driver
   * @param pid of the driver
   * @param started ISO 8601
   * @param updated ISO 8601
   * @param images made, failed ones included
   * @param failed those of them whose status is {@code error}
   * @param refused those of the failed ones whose rows are wrong themselves
   * @param imagesPerSecond since it started
   * @param stageSeconds time of tasks by stage, see {@link io.boxwright.diffusion.pipelines.Stage}
   * @param peakDeviceBytes of a GPU
   * @param peakHostBytes of an executor's process
   * @param loads where pipelines were loaded
   * @param errors messages of failed images, and how often they occur
   */
  public record Attempt(
      State state,
      String error,
      String application,
      String host,
      long pid,
      String started,
      String updated,
      long images,
      long failed,
      long refused,
      double imagesPerSecond,
      Map<String, Double> stageSeconds,
      Long peakDeviceBytes,
      Long peakHostBytes,
      List<String> loads,
      Map<String, Long> errors) {}

  /**
   * The record of a folder, if it has one. A damaged one is warned of, and is as none: the images
   * do not depend on it.
   */
  public static Optional<RunRecord> read(RunFolder folder) {
    try {
      return folder.read(RunFolder.RUN, RunRecord.class);
    } catch (DamagedFileException e) {
      LOG.warn(
          "{} is damaged and will be written anew; what it said of earlier attempts is lost, images"
              + " are not",
          folder.resolve(RunFolder.RUN));
      return Optional.empty();
    }
  }

  /** The last attempt. */
  public Attempt lastAttempt() {
    return attempts.get(attempts.size() - 1);
  }

  /** The attempts, and one more. */
  static List<Attempt> append(List<Attempt> attempts, Attempt attempt) {
    List<Attempt> all = new ArrayList<>(attempts);
    all.add(attempt);
    return all;
  }
}
