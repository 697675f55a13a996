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
 * The progress of a run: {@code run.json}, written again every few seconds.
 *
 * @param state the state of the last attempt
 * @param term the term of the driver that wrote it
 * @param plan the hash of the plan
 * @param command the command that goes on with the run
 * @param directory the working directory of the command on the driver's machine; relative paths in
 *     the command start there
 * @param folder the output folder at that time, with its file system and without secrets; null in
 *     older records
 * @param rows the number of rows of the prompt table
 * @param rowsDone the number of those rows in finished chunks
 * @param chunks the number of chunks
 * @param chunksDone the number of finished chunks
 * @param started the start of the first attempt, ISO 8601
 * @param updated the time of this record, ISO 8601
 * @param attempts one entry for each driver that worked on the run; at least one
 */
public record RunRecord(
    State state,
    long term,
    String plan,
    String command,
    String directory,
    String folder,
    long rows,
    long rowsDone,
    int chunks,
    int chunksDone,
    String started,
    String updated,
    List<Attempt> attempts) {

  private static final Logger LOG = LoggerFactory.getLogger(RunRecord.class);

  /** Refuses the nulls and the empty list that a damaged file gives. */
  public RunRecord {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(command, "command");
    attempts = List.copyOf(attempts);
    if (attempts.isEmpty()) {
      throw new IllegalArgumentException("There are no attempts");
    }
  }

  /** The state of an attempt. */
  public enum State {
    /** The driver is at work, or was killed. */
    RUNNING,
    /** All chunks are finished. */
    FINISHED,
    /** An error ended the attempt. */
    FAILED,
    /** The process was told to end. */
    INTERRUPTED;

    /** Returns the spelling for messages, in small letters. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The work of one driver. The counts come from Spark's accumulators; they lack the images since
   * the executors' last heartbeats.
   *
   * @param state the state of the attempt
   * @param error the error that ended it; null if there was none
   * @param application Spark's id of the application
   * @param host the host of the driver
   * @param pid the process number of the driver
   * @param started the time of its start, ISO 8601
   * @param updated the time of this record, ISO 8601
   * @param images the number of images made, including failed ones
   * @param failed the number of images whose status is {@code error}
   * @param refused the number of failed images whose rows are wrong themselves
   * @param nsfw the number of images that the model's safety checker made black; 0 in older records
   * @param imagesPerSecond the rate since its start
   * @param stageSeconds the tasks' seconds by stage, see {@link
   *     io.boxwright.diffusion.pipelines.Stage}
   * @param peakDeviceBytes the peak memory of a GPU; null if unknown
   * @param peakHostBytes the peak memory of an executor's process; null if unknown
   * @param loads the executors and devices where pipelines were loaded
   * @param errors the most common messages of failed images, with their numbers
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
      long nsfw,
      double imagesPerSecond,
      Map<String, Double> stageSeconds,
      Long peakDeviceBytes,
      Long peakHostBytes,
      List<String> loads,
      Map<String, Long> errors) {}

  /**
   * Reads the record of a folder, if it has one. A damaged record counts as missing, with a
   * warning: the images do not depend on it.
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

  /** Returns the last attempt. */
  public Attempt lastAttempt() {
    return attempts.get(attempts.size() - 1);
  }

  /** Returns the attempts and one more. */
  static List<Attempt> append(List<Attempt> attempts, Attempt attempt) {
    List<Attempt> all = new ArrayList<>(attempts);
    all.add(attempt);
    return all;
  }
}
