package io.boxwright.diffusion.detection;

import io.boxwright.diffusion.scores.ScoreNumber;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How well detected objects keep to a layout. Each is 0 or 1 for one object, except {@code iou};
 * for a row it is the mean over its objects.
 *
 * @param found whether the detector found anything for the object's label
 * @param right whether that is what the label says
 * @param centreInBox whether its centre lies in a box of the object
 * @param iou its box against the object's box that fits best, intersection over union, 0..1
 */
public record DetectionScores(double found, double right, double centreInBox, double iou) {

  /** The scores of an object that was not found. */
  public static final DetectionScores NOT_FOUND = new DetectionScores(0, 0, 0, 0);

  /** The scores, as the image table has them. */
  static final List<ScoreNumber<DetectionScores>> NUMBERS =
      List.of(
          new ScoreNumber<>("found", DetectionScores::found),
          new ScoreNumber<>("right", DetectionScores::right),
          new ScoreNumber<>("centre_in_box", DetectionScores::centreInBox),
          new ScoreNumber<>("iou", DetectionScores::iou));

  /** The mean of each score; NaN of an empty list. */
  public static DetectionScores mean(List<DetectionScores> scores) {
    return new DetectionScores(
        mean(scores, DetectionScores::found),
        mean(scores, DetectionScores::right),
        mean(scores, DetectionScores::centreInBox),
        mean(scores, DetectionScores::iou));
  }

  private static double mean(
      List<DetectionScores> scores, ToDoubleFunction<DetectionScores> score) {
    return scores.stream().mapToDouble(score).average().orElse(Double.NaN);
  }
}
