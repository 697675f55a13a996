package io.boxwright.diffusion.detection;

import io.boxwright.diffusion.scores.ScoreNumber;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Scores of how well detected objects keep to a layout. For one object each is 0 or 1, except
 * {@code iou}. For a row each is the mean over its objects.
 *
 * @param found 1 if the detector found anything for the object's label
 * @param right 1 if the found object is what the label says
 * @param centreInBox 1 if its centre lies in a box of the object
 * @param iou the intersection over union of its box and the object's box that fits best, 0..1
 */
public record DetectionScores(double found, double right, double centreInBox, double iou) {

  /** The scores of an object that was not found. */
  public static final DetectionScores NOT_FOUND = new DetectionScores(0, 0, 0, 0);

  /** The scores as the image table has them. */
  static final List<ScoreNumber<DetectionScores>> NUMBERS =
      List.of(
          new ScoreNumber<>("found", DetectionScores::found),
          new ScoreNumber<>("right", DetectionScores::right),
          new ScoreNumber<>("centre_in_box", DetectionScores::centreInBox),
          new ScoreNumber<>("iou", DetectionScores::iou));

  /** Returns the mean of each score, NaN for an empty list. */
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
