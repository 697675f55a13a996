package io.boxwright.job.report;

import java.util.List;
import java.util.Map;

/**
 * How far a run is, seen from its folder.
 *
 * @param state in words, and who runs it
 * @param running whether a driver is at work, as far as can be seen
 * @param images of the whole run
 * @param done those of them in finished chunks, failed ones included
 * @param failed those of them whose status is {@code error}
 * @param refused those of the failed ones whose rows are known to be wrong themselves
 * @param chunks all
 * @param chunksDone those that are finished
 * @param remarks what lies between the images and does not count, a sentence each
 * @param imagesPerSecond of the last driver
 * @param errors commonest messages that the last driver saw, and how often they occur
 * @param command that goes on with the run, from any folder
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
    String command) {

  /** Images that are not in finished chunks. */
  public long left() {
    return images - done;
  }
}
