package io.boxwright.job.exporting;

import io.boxwright.job.output.WholeFiles;
import java.io.IOException;
import java.util.Map;

/** A format of datasets: which files there are, and what they hold. */
interface DatasetFormat {

  /** Returns the name, as options have it. */
  String name();

  /** Returns whether the files of images are members of tar files, one for each part. */
  default boolean isSharded() {
    return false;
  }

  /**
   * Returns the path of an image's file in the dataset, or its name in its tar file. The file is
   * the PNG of the run, byte for byte.
   */
  String imagePath(SelectedImage image);

  /** Makes the other files of an image, by their paths; none by default. */
  default Map<String, byte[]> makeSideFiles(SelectedImage image, DatasetFacts facts)
      throws IOException {
    return Map.of();
  }

  /**
   * Makes the files that describe all images, by their paths; none by default. Runs on the driver.
   *
   * @param selection the images of the dataset
   */
  default Map<String, WholeFiles.Content> makeDescriptions(
      SelectionFile selection, DatasetFacts facts) {
    return Map.of();
  }

  /** Returns lines of YAML for the head of the card, each with its end; none by default. */
  default String cardHead(DatasetFacts facts) {
    return "";
  }
}
