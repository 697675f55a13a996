package io.boxwright.job.figures;

import io.boxwright.diffusion.detection.LabelMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * VISOR: whether both things of a relation are found, and whether a pair of them obeys it. Prompts
 * without a relation are not judged.
 */
public final class Visor implements Benchmark {

  private static final String SOURCE = "arXiv 2212.10015 and microsoft/VISOR visor.py";
  private static final String BOTH = "both_found";
  private static final String RIGHT = "right";
  private static final int IMAGES_PER_PROMPT = 4;

  private final RelationRule rule = new CentroidOrder();

  @Override
  public String name() {
    return "visor";
  }

  @Override
  public Optional<DetectorRequest> detector() {
    return Optional.of(
        new DetectorRequest(
            "google/owlvit-base-patch32",
            0.1,
            LabelMode.TOGETHER,
            LabelSource.EXPECTATIONS,
            new LabelTemplate("a photo of a {}")));
  }

  @Override
  public Map<String, Double> judge(EvaluatedImage image) {
    if (image.expected().stream().allMatch(thing -> thing.relation() == null)) {
      return Map.of();
    }
    FoundThings things = new FoundThings(image, image.detections());
    boolean both = things.allFound();
    return Map.of(
        BOTH, Outcomes.toNumber(both), RIGHT, Outcomes.toNumber(both && things.anyPairObeys(rule)));
  }

  @Override
  public Optional<Boolean> isRight(Map<String, Double> values) {
    return Outcomes.isYes(values, RIGHT);
  }

  @Override
  public List<FigureDefinition> figures() {
    List<FigureDefinition> figures = new ArrayList<>();
    figures.add(define("OA", "images with both objects, of all images", new ImageMean(BOTH, 100)));
    figures.add(
        define(
            "VISOR_cond",
            "images with both objects and a pair of centres that obeys the relation, of all images"
                + " with both objects",
            new SumRatio(RIGHT, List.of(BOTH), 100)));
    figures.add(
        define(
            "VISOR_uncond",
            "images with both objects and a pair of centres that obeys the relation, of all images",
            new ImageMean(RIGHT, 100)));
    for (int i = 1; i <= IMAGES_PER_PROMPT; i++) {
      figures.add(
          define(
              "VISOR_" + i,
              "prompts with at least %d images that are right by VISOR_uncond, of all prompts"
                  .formatted(i),
              new PromptShare(RIGHT, i)));
    }
    return figures;
  }

  private static FigureDefinition define(String name, String formula, Statistic statistic) {
    return new FigureDefinition(
        name, FigureUnit.PERCENT, FigureScope.OVERALL_AND_CATEGORIES, formula, SOURCE, statistic);
  }
}
