package io.boxwright.job.figures;

import io.boxwright.diffusion.detection.LabelMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The four tasks of LLM-grounded diffusion, which are the categories of its prompts: negation,
 * numeracy, attribution and spatial. An image is right if the number of every thing is right and
 * the best detections obey the relation.
 */
public final class Lmd implements Benchmark {

  private static final String SOURCE = "TonyLianLong/LLM-groundedDiffusion utils/eval";
  private static final String RIGHT = "right";
  private static final double LIMIT = 0.15;

  private final NonMaximumSuppression suppression = new NonMaximumSuppression(LIMIT);
  private final RelationRule rule = new CentroidOrder();

  @Override
  public String name() {
    return "lmd";
  }

  @Override
  public Optional<DetectorRequest> detector() {
    return Optional.of(
        new DetectorRequest(
            "google/owlvit-base-patch32",
            LIMIT,
            LabelMode.TOGETHER,
            LabelSource.EXPECTATIONS,
            new LabelTemplate("a photo of {a}")));
  }

  @Override
  public Map<String, Double> judge(EvaluatedImage image) {
    if (image.expected().isEmpty()) {
      return Map.of();
    }
    FoundThings things = new FoundThings(image, suppression.filter(image.detections()));
    return Map.of(RIGHT, Outcomes.toNumber(things.countsHold() && things.bestPairObeys(rule)));
  }

  @Override
  public Optional<Boolean> isRight(Map<String, Double> values) {
    return Outcomes.isYes(values, RIGHT);
  }

  @Override
  public List<FigureDefinition> figures() {
    return List.of(
        new FigureDefinition(
            "accuracy",
            FigureUnit.PERCENT,
            FigureScope.OVERALL_AND_CATEGORIES,
            "right images of all: negation, no detection; numeracy, the exact number; attribution,"
                + " at least one of each; spatial, centres of the best detections in order; after"
                + " suppressing detections of a label that overlap by 0.15",
            SOURCE,
            new ImageMean(RIGHT, 100)),
        new FigureDefinition(
            "mean_accuracy",
            FigureUnit.PERCENT,
            FigureScope.OVERALL,
            "mean of the accuracies of the categories",
            SOURCE,
            new CategoryMean(RIGHT, 100)));
  }
}
