package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import io.boxwright.diffusion.detection.LabelMode;
import io.boxwright.diffusion.loading.BuiltInModel;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of the detector, which looks for the objects in the images. */
@OptionGroup(Part.OUTPUT)
final class DetectionOptions {

  /** The options that only detectors with a folder have. */
  private static final List<String> FOLDER_OPTIONS =
      List.of("--detector-threshold", "--detector-labels", "--template");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--detector",
      paramLabel = "NAME|FOLDER",
      converter = NameConverter.class,
      description =
          "Looks for the objects in the images and scores whether they are right and in their"
              + " boxes. shapes: by colour, for images of coloured shapes; none; or a folder with"
              + " OWL-ViT or OWLv2, as transformers saves it. Default: shapes for the model of that"
              + " name, otherwise none.")
  private String detector;

  @Option(
      names = "--detector-threshold",
      defaultValue = "0.1",
      paramLabel = "X",
      description =
          "The score that a detection of OWL-ViT or OWLv2 must exceed, 0 to 1. Default:"
              + " ${DEFAULT-VALUE}.")
  private double threshold;

  @Option(
      names = "--detector-labels",
      defaultValue = "alone",
      paramLabel = "WAY",
      description =
          "How OWL-ViT and OWLv2 look for the labels of an image: alone: each by itself, as the"
              + " pipeline of transformers does; together: a place in the image belongs to the label"
              + " that it fits best. Default: ${DEFAULT-VALUE}.")
  private LabelMode labels;

  /**
   * Hands the options to a generator.
   *
   * @throws IllegalArgumentException if there is no such detector, it does not have the options
   *     that were typed, or the threshold is not in 0..1
   * @throws io.boxwright.diffusion.loading.ModelLoadingException if the folder holds no detector
   */
  void configure(GuidedImageGenerator generator, String model) {
    Optional<DetectorSpec> chosen = Detectors.of(detector == null ? ofModel(model) : detector);
    requireFolder(chosen, command);
    generator.setDetector(
        chosen.map(found -> found.withThreshold(threshold).withLabels(labels)).orElse(null));
  }

  /**
   * Checks that options which only detectors with a folder have were typed for such a detector.
   *
   * @throws IllegalArgumentException naming the options that have no effect
   */
  static void requireFolder(Optional<DetectorSpec> chosen, CommandSpec command) {
    List<String> typed =
        FOLDER_OPTIONS.stream()
            .filter(option -> command.commandLine().getParseResult().hasMatchedOption(option))
            .toList();
    if (!typed.isEmpty() && chosen.map(DetectorSpec::modelFolder).isEmpty()) {
      throw new IllegalArgumentException(
          "No effect without the folder of a detector: " + String.join(", ", typed));
    }
  }

  /** Returns the name of the detector that knows the objects of a model. */
  static String ofModel(String model) {
    return model.equals(BuiltInModel.NAME) ? "shapes" : Detectors.NONE;
  }
}
