package io.boxwright.cli;

import io.boxwright.diffusion.loading.BuiltInModel;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.util.ArrayList;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Options of the detector, which looks for the objects in the images. */
final class DetectionOptions {

  /** The values of {@code --detector}. */
  static final class Names extends ArrayList<String> {

    private static final long serialVersionUID = 1;

    Names() {
      super(Detectors.names());
    }
  }

  @Option(
      names = "--detector",
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description =
          "Looks for the objects in the images and scores whether they are right and in their"
              + " boxes: ${COMPLETION-CANDIDATES}. shapes: by colour, for images of coloured shapes."
              + " Default: shapes for the model of that name, otherwise none.")
  private String detector;

  /**
   * Hands the options to a generator.
   *
   * @throws IllegalArgumentException if there is no detector of the name that is given
   */
  void configure(GuidedImageGenerator generator, String model) {
    generator.setDetector(detector == null ? ofModel(model) : detector.toLowerCase(Locale.ROOT));
  }

  /** Returns the name of the detector that knows the objects of a model. */
  static String ofModel(String model) {
    return model.equals(BuiltInModel.NAME) ? "shapes" : Detectors.NONE;
  }
}
