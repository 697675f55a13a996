package io.boxwright.diffusion.metrics;

import io.boxwright.diffusion.scores.ScoreNumber;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Scores of how well attention keeps to boxes, over one group of layers. For an object each is a
 * mean over the layers of the group and the tokens of the object. For a row each is the mean over
 * its objects.
 *
 * @param inBoxMass the attention inside the box divided by all attention, 0..1 (the energy pointing
 *     game)
 * @param lift {@code inBoxMass} divided by that of a uniform map; 1 means no better than chance
 * @param iou the intersection over union of the box's cells and as many strongest cells, 0..1
 * @param pointing 1 if the strongest cell lies in the box, otherwise 0; a mean is 0..1
 * @param leakage the attention inside the other objects' boxes divided by all attention, 0..1
 */
public record AdherenceScores(
    double inBoxMass, double lift, double iou, double pointing, double leakage) {

  /** The scores as the image table has them. */
  static final List<ScoreNumber<AdherenceScores>> NUMBERS =
      List.of(
          new ScoreNumber<>("in_box_mass", AdherenceScores::inBoxMass),
          new ScoreNumber<>("lift", AdherenceScores::lift),
          new ScoreNumber<>("iou", AdherenceScores::iou),
          new ScoreNumber<>("pointing", AdherenceScores::pointing),
          new ScoreNumber<>("leakage", AdherenceScores::leakage));

  /** Returns the mean of each score, NaN for an empty list. */
  public static AdherenceScores mean(List<AdherenceScores> scores) {
    return new AdherenceScores(
        mean(scores, AdherenceScores::inBoxMass),
        mean(scores, AdherenceScores::lift),
        mean(scores, AdherenceScores::iou),
        mean(scores, AdherenceScores::pointing),
        mean(scores, AdherenceScores::leakage));
  }

  private static double mean(
      List<AdherenceScores> scores, ToDoubleFunction<AdherenceScores> score) {
    return scores.stream().mapToDouble(score).average().orElse(Double.NaN);
  }
}
