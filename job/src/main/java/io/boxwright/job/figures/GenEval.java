package io.boxwright.job.figures;

import io.boxwright.diffusion.detection.LabelMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tasks of GenEval that need only boxes, which are the categories of its prompts: one object,
 * two objects, counting and position. Prompts with colours are not judged.
 */
public final class GenEval implements Benchmark {

  private static final String SOURCE = "arXiv 2310.11513 and djghosh13/geneval evaluation";
  private static final String RIGHT = "right";
  private static final String COUNTING = "counting";
  private static final double THRESHOLD = 0.3;
  private static final int MAX_DETECTIONS = 16;

  private final RelationRule rule = new CentroidMargin();
  private final double countingThreshold;

  /**
   * Makes the benchmark for a detector.
   *
   * @param countingThreshold the score that detections must be above to be counted in prompts of
   *     the category {@code counting}, 0..1; 0.9 for the authors' Mask2Former
   * @throws IllegalArgumentException if it is not a number from 0 to 1
   */
  public GenEval(double countingThreshold) {
    if (!(countingThreshold >= 0 && countingThreshold <= 1)) {
      throw new IllegalArgumentException(
          "The threshold for counting is %s, not a number from 0 to 1"
              .formatted(countingThreshold));
    }
    this.countingThreshold = countingThreshold;
  }

  @Override
  public String name() {
    return "geneval";
  }

  @Override
  public Optional<DetectorRequest> detector() {
    return Optional.of(
        new DetectorRequest(
            "Mask2Former Swin-S on COCO, which knows 80 classes",
            THRESHOLD,
            LabelMode.ALONE,
            LabelSource.EXPECTATIONS,
            LabelTemplate.BARE));
  }

  @Override
  public Map<String, Double> judge(EvaluatedImage image) {
    if (image.expected().isEmpty()
        || image.expected().stream().anyMatch(thing -> thing.color() != null)) {
      return Map.of();
    }
    FoundThings things = new FoundThings(image, selectDetections(image));
    return Map.of(RIGHT, Outcomes.toNumber(things.countsHold() && things.allNeededPairsObey(rule)));
  }

  /** Returns at most 16 detections of each label. */
  private List<DetectedObject> selectDetections(EvaluatedImage image) {
    double threshold = COUNTING.equals(image.category()) ? countingThreshold : THRESHOLD;
    return LabelSource.EXPECTATIONS.labels(image.objects(), image.expected()).stream()
        .flatMap(
            label ->
                NonMaximumSuppression.sortByScore(image.detectionsOf(label)).stream()
                    .filter(found -> found.score() > threshold)
                    .limit(MAX_DETECTIONS))
        .toList();
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
            "images with all things in the right number and all relations: the offset of the"
                + " centres, less a tenth of the sum of the sizes, by its length, is above 0.5; no"
                + " prompts with colours",
            SOURCE,
            new ImageMean(RIGHT, 100)),
        new FigureDefinition(
            "mean_accuracy",
            FigureUnit.PERCENT,
            FigureScope.OVERALL,
            "mean of the accuracies of the categories without colours",
            SOURCE,
            new CategoryMean(RIGHT, 100)),
        new FigureDefinition(
            "prompt_accuracy",
            FigureUnit.PERCENT,
            FigureScope.OVERALL_AND_CATEGORIES,
            "prompts with at least one right image",
            SOURCE,
            new PromptShare(RIGHT, 1)));
  }
}
