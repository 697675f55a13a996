package io.boxwright;

import io.boxwright.spark.DetectorType;
import io.boxwright.spark.GuidedImageGenerator;
import picocli.CommandLine.Option;

/** Options that say what looks for the objects in the images. */
final class DetectionOptions {

  @Option(
      names = "--detector",
      defaultValue = "none",
      paramLabel = "none|shapes",
      description =
          "What looks for the objects in the images and scores whether they are right and in their"
              + " boxes. shapes: by colour, for images of datasets/shapes/pipeline. Default:"
              + " ${DEFAULT-VALUE}.")
  private DetectorType detector;

  /** Hands the options to a generator. */
  void configure(GuidedImageGenerator generator) {
    generator.setDetector(detector);
  }
}
