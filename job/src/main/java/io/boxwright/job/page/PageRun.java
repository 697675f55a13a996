package io.boxwright.job.page;

import java.util.List;
import java.util.Map;

/**
 * The facts of a run.
 *
 * @param name a short name, different for each run of the page
 * @param path the output folder
 * @param state the state in words, such as {@code finished}
 * @param images the number of images of the whole run
 * @param done the number of images in finished chunks, including failed ones
 * @param failed the number of those images whose status is {@code error}
 * @param warned the number of images with warnings
 * @param continuation the command that goes on with the run; null if the run is complete
 * @param rows the number of prompts
 * @param imagesPerPrompt the number of images for each prompt
 * @param input the path of the prompt table
 * @param model the path or name of the model
 * @param modelHash the hash of the model
 * @param versions the versions of the software that made the images
 * @param created the time of the plan, ISO 8601
 * @param settings the settings of the generation
 * @param speed how fast the images were made; null if {@code run.json} does not say it
 * @param errors the most frequent messages of failed images, with their numbers
 * @param means the means of scores over the images
 * @param notes a sentence for everything else that a reader has to know
 */
public record PageRun(
    String name,
    String path,
    String state,
    long images,
    long done,
    long failed,
    long warned,
    String continuation,
    long rows,
    int imagesPerPrompt,
    String input,
    String model,
    String modelHash,
    String versions,
    String created,
    RunSettings settings,
    Speed speed,
    List<ErrorCount> errors,
    List<Mean> means,
    List<String> notes) {

  /**
   * The speed of a run.
   *
   * @param imagesPerSecond the rate of the last driver
   * @param drivers the number of drivers that worked on the run
   * @param stageSeconds the last driver's seconds by stage, summed over its tasks
   * @param peakDeviceBytes the peak memory of a GPU; null if unknown
   * @param peakHostBytes the peak memory of an executor's process; null if unknown
   */
  public record Speed(
      double imagesPerSecond,
      int drivers,
      Map<String, Double> stageSeconds,
      Long peakDeviceBytes,
      Long peakHostBytes) {}

  /**
   * An error message.
   *
   * @param message the message
   * @param images the number of images with it
   */
  public record ErrorCount(String message, long images) {}

  /**
   * A mean over the images of a run.
   *
   * @param score the path of the score in the image table, such as {@code adherence.held_out.lift}
   * @param label the score in words
   * @param value the mean
   * @param images the number of images with scores
   */
  public record Mean(String score, String label, double value, long images) {}

  /** Copies the collections. */
  public PageRun {
    errors = List.copyOf(errors);
    means = List.copyOf(means);
    notes = List.copyOf(notes);
  }
}
