package io.boxwright.job.exporting;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * A finished run whose images are exported.
 *
 * @param number its number among the runs of the export, from 1
 * @param name the name of its folder
 * @param images the paths of the files of its image table
 * @param scores the paths of the files of its evaluation; empty without one
 * @param failed the number of its images that were not made
 * @param content a hash of the rows of its images and of its evaluation
 * @param origin where the images come from
 */
public record ExportedRun(
    int number,
    String name,
    List<String> images,
    List<String> scores,
    long failed,
    String content,
    Origin origin) {

  /** Copies the lists. */
  public ExportedRun {
    images = List.copyOf(images);
    scores = List.copyOf(scores);
  }

  /**
   * The facts of a run that its dataset states.
   *
   * @param name the name of its folder
   * @param created the time when the run was planned, ISO 8601
   * @param version the version of Boxwright that planned it
   * @param model the path or name of the model
   * @param modelHash the hash of the model
   * @param plan the hash of the plan
   * @param images the number of images, including those that were not made
   * @param options the options of the generation, by name
   */
  public record Origin(
      String name,
      String created,
      String version,
      String model,
      String modelHash,
      String plan,
      long images,
      Map<String, String> options)
      implements Serializable {}
}
