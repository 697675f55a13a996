package io.boxwright.job.report;

import java.util.List;
import java.util.Map;

/**
 * The progress of a run, as its folder shows it.
 *
 * @param state the state in words, and the driver that runs it
 * @param running whether a driver is at work, as far as can be seen
 * @param images the number of images of the whole run
 * @param done the number of images in finished chunks, including failed ones
 * @param failed the number of those images whose status is {@code error}
 * @param refused the number of failed images whose rows are known to be wrong themselves
 * @param chunks the number of chunks
 * @param chunksDone the number of finished chunks
 * @param remarks a sentence for each file or folder that lies among the images and does not count
 * @param imagesPerSecond the rate of the last driver
 * @param errors the most common error messages of the last driver, with their numbers
 * @param command the command that goes on with the run
 */
public record RunStatus(
    String state,
    boolean running,
    long images,
    long done,
    long failed,
    long refused,
    int chunks,
    int chunksDone,
    List<String> remarks,
    double imagesPerSecond,
    Map<String, Long> errors,
    ResumeCommand command) {

  /** Returns the number of images that are not in finished chunks. */
  public long left() {
    return images - done;
  }
}
