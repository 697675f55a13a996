package io.boxwright.diffusion.detection;

import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.scores.ImageScores;
import io.boxwright.diffusion.scores.ObjectScores;
import io.boxwright.diffusion.scores.ScoreGroup;
import io.boxwright.diffusion.scores.ScoreLabel;
import io.boxwright.diffusion.scores.ScoreNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The scores of how well the objects detected in one image keep to its layout.
 *
 * @param means the means over the objects
 * @param allRight 1 if every object is right and its centre lies in its box, otherwise 0: all or
 *     nothing, like the VISOR score (Gokhale et al. 2022, "Benchmarking Spatial Relationships in
 *     Text-to-Image Generation", arXiv 2212.10015), with boxes in place of spatial relations
 * @param objects one entry per object, in the layout's order
 */
public record LayoutDetection(DetectionScores means, double allRight, List<ObjectDetection> objects)
    implements ImageScores {

  private static final String NAME = "detection";
  private static final String ALL_RIGHT = "all_right";
  private static final String OBJECT_SCORE = NAME + ".score";
  private static final String OBJECT_BOX = NAME + ".box";

  /** The column {@code detection}. */
  public static final ScoreGroup GROUP =
      new ScoreGroup(
          NAME,
          "Objects detected in the images",
          append(ScoreNumber.paths("", DetectionScores.NUMBERS), ALL_RIGHT),
          List.of(),
          append(ScoreNumber.paths(NAME, DetectionScores.NUMBERS), OBJECT_SCORE),
          List.of(OBJECT_BOX),
          List.of(
              new ScoreLabel("found", "objects found"),
              new ScoreLabel("right", "right colour and shape"),
              new ScoreLabel("centre_in_box", "centre in box"),
              new ScoreLabel("iou", "IoU with the box"),
              new ScoreLabel(ALL_RIGHT, "every object right and in place")),
          Optional.of(new ScoreLabel("iou", "IoU")));

  /** Copies the list. */
  public LayoutDetection {
    objects = List.copyOf(objects);
  }

  private static List<String> append(List<String> paths, String last) {
    return Stream.concat(paths.stream(), Stream.of(last)).toList();
  }

  @Override
  public ScoreGroup group() {
    return GROUP;
  }

  @Override
  public Map<String, Double> imageNumbers() {
    Map<String, Double> numbers = ScoreNumber.values("", DetectionScores.NUMBERS, means);
    numbers.put(ALL_RIGHT, allRight);
    return numbers;
  }

  @Override
  public List<ObjectScores> objectScores() {
    return objects.stream().map(LayoutDetection::toObjectScores).toList();
  }

  private static ObjectScores toObjectScores(ObjectDetection object) {
    Map<String, Double> numbers =
        ScoreNumber.values(NAME, DetectionScores.NUMBERS, object.scores());
    Map<String, BoundingBox> boxes = new HashMap<>();
    object
        .detection()
        .ifPresent(
            found -> {
              numbers.put(OBJECT_SCORE, found.score());
              boxes.put(OBJECT_BOX, found.box());
            });
    return new ObjectScores(numbers, boxes);
  }
}
