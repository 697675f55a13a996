package io.boxwright.job.exporting;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * The facts of a whole dataset, for its descriptions.
 *
 * @param version the version of Boxwright that made it
 * @param options the settings of the export, by name
 * @param license the licence; null if it is not stated
 * @param runs the runs, in their order
 * @param splits the names of the splits, in their order
 * @param classes the names of the classes, in the order of their numbers
 * @param images the number of images of each split
 * @param boxes the number of boxes by class, then by split
 * @param classImages the number of images that have a box of a class
 * @param refused the number of images that each filter refused, by the name of the {@link Refusal}
 * @param droppedBoxes the number of boxes that were left out because the label map lacks them
 * @param prompts the number of different prompts
 * @param firstPrompts some of them
 * @param firstSeed the smallest seed
 * @param lastSeed the largest seed
 */
public record DatasetFacts(
    String version,
    Map<String, String> options,
    String license,
    List<ExportedRun.Origin> runs,
    List<String> splits,
    List<String> classes,
    Map<String, Long> images,
    Map<String, Map<String, Long>> boxes,
    Map<String, Long> classImages,
    Map<String, Long> refused,
    long droppedBoxes,
    long prompts,
    List<String> firstPrompts,
    long firstSeed,
    long lastSeed)
    implements Serializable {

  /** Returns the number of a class, from 0. */
  int number(String label) {
    return classes.indexOf(label);
  }

  /** Returns the run of an image. */
  ExportedRun.Origin run(SelectedImage image) {
    return runs.get(image.run() - 1);
  }

  /** Returns the number of all images. */
  public long totalImages() {
    return images.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the number of all boxes. */
  public long totalBoxes() {
    return boxes.values().stream()
        .flatMap(bySplit -> bySplit.values().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  /** Returns where the boxes come from: {@code requested}, {@code detected} or {@code matched}. */
  String boxSource() {
    return options.get("boxes");
  }
}
