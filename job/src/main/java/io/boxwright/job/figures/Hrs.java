package io.boxwright.job.figures;

import io.boxwright.diffusion.detection.LabelMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parts of HRS-Bench that need only boxes: counting, spatial relations and sizes. Its colours
 * need masks. What an image is judged by follows from what it is expected to show.
 */
public final class Hrs implements Benchmark {

  private static final String SOURCE = "eslambakr/HRS_benchmark codes/eval_metrics";
  private static final String TRUE_POSITIVES = "true_positives";
  private static final String FOUND = "found";
  private static final String WANTED = "wanted";
  private static final String SPATIAL = "places_right";
  private static final String SIZE = "sizes_right";

  private final RelationRule rule = new EdgeOrder();

  @Override
  public String name() {
    return "hrs";
  }

  @Override
  public Optional<DetectorRequest> detector() {
    return Optional.of(
        new DetectorRequest(
            "UniDet; the threshold is that of OWL-ViT in other benchmarks",
            0.1,
            LabelMode.ALONE,
            LabelSource.EXPECTATIONS,
            LabelTemplate.BARE));
  }

  @Override
  public Map<String, Double> judge(EvaluatedImage image) {
    List<Relation> relations =
        image.expected().stream()
            .map(Expectation::relation)
            .filter(relation -> relation != null)
            .toList();
    FoundThings things = new FoundThings(image, image.detections());
    if (!relations.isEmpty()) {
      String name = relations.get(0).comparesSizes() ? SIZE : SPATIAL;
      return Map.of(name, Outcomes.toNumber(things.allFound() && things.bestPairObeys(rule)));
    }
    return count(image, things);
  }

  /** Counts the things that have an exact number. */
  private static Map<String, Double> count(EvaluatedImage image, FoundThings things) {
    double right = 0;
    double found = 0;
    double wanted = 0;
    for (int i = 0; i < image.expected().size(); i++) {
      Optional<Integer> exact = image.expected().get(i).exactCount();
      if (exact.isPresent()) {
        right += Math.min(exact.get(), things.count(i));
        found += things.count(i);
        wanted += exact.get();
      }
    }
    return wanted == 0 ? Map.of() : Map.of(TRUE_POSITIVES, right, FOUND, found, WANTED, wanted);
  }

  /** Returns whether the relation holds, or each number is exact. */
  @Override
  public Optional<Boolean> isRight(Map<String, Double> values) {
    return Outcomes.isYes(values, SPATIAL)
        .or(() -> Outcomes.isYes(values, SIZE))
        .or(
            () ->
                Outcomes.areEqual(values, TRUE_POSITIVES, WANTED)
                    .map(all -> all && values.get(FOUND).equals(values.get(WANTED))));
  }

  @Override
  public List<FigureDefinition> figures() {
    return List.of(
        define(
            "counting_precision",
            "the smaller of the found and the wanted number, added over things and images, by all"
                + " found",
            new SumRatio(TRUE_POSITIVES, List.of(FOUND), 100)),
        define(
            "counting_recall",
            "the same by all wanted",
            new SumRatio(TRUE_POSITIVES, List.of(WANTED), 100)),
        define(
            "counting_f1",
            "harmonic mean of precision and recall",
            new SumRatio(TRUE_POSITIVES, List.of(FOUND, WANTED), 200)),
        define(
            "spatial_accuracy",
            "images with all things, whose best detections have all relations: right by right"
                + " edges, left by left edges, above and below by top or bottom edges",
            new ImageMean(SPATIAL, 100)),
        define(
            "size_accuracy",
            "images with all things, whose best detections have areas in the right order",
            new ImageMean(SIZE, 100)));
  }

  private static FigureDefinition define(String name, String formula, Statistic statistic) {
    return new FigureDefinition(
        name, FigureUnit.PERCENT, FigureScope.OVERALL_AND_CATEGORIES, formula, SOURCE, statistic);
  }
}
