package io.boxwright.cli;

import io.boxwright.diffusion.loading.BuiltInModel;
import io.boxwright.udf.generate.GuidedImageGenerator;
import io.boxwright.udf.table.DetectorType;
import picocli.CommandLine.Option;

/** Options that say what looks for the objects in the images. */
final class DetectionOptions {

  @Option(
      names = "--detector",
      paramLabel = "none|shapes",
      description =
          "What looks for the objects in the images and scores whether they are right and in their"
              + " boxes. shapes: by colour, for images of coloured shapes. Default: shapes for the"
              + " model of that name, else none.")
  private DetectorType detector;

  /** Hands the options to a generator. */
  void configure(GuidedImageGenerator generator, String model) {
    generator.setDetector(detector == null ? ofModel(model) : detector);
  }

  /** What knows the objects that a model makes. */
  static DetectorType ofModel(String model) {
    return model.equals(BuiltInModel.NAME) ? DetectorType.SHAPES : DetectorType.NONE;
  }
}
