package io.boxwright.job.figures;

import io.boxwright.diffusion.detection.LabelMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * NSR-1K: relations of two things, and numbers of things. Prompts of the category {@code
 * comparison} name the number of the first thing only; the second one may have any number on its
 * side of it.
 */
public final class Nsr1k implements Benchmark {

  private static final String SPATIAL_SOURCE =
      "weixi-feng/LayoutGPT eval_models/GLIP/eval_spatial.py";
  private static final String COUNTING_SOURCE =
      "weixi-feng/LayoutGPT eval_models/GLIP/eval_counting.py and eval_counting_layout.py";
  private static final String COMPARISON = "comparison";
  private static final String RELATION_HOLDS = "relation_holds";
  private static final String THINGS = "things";
  private static final String THINGS_RIGHT = "things_right";
  private static final String ALL_RIGHT = "counts_right";
  private static final String PRECISION = "precision";
  private static final String RECALL = "recall";

  private final RelationRule rule = new CentroidQuadrant();

  @Override
  public String name() {
    return "nsr-1k";
  }

  @Override
  public Optional<DetectorRequest> detector() {
    return Optional.of(
        new DetectorRequest(
            "GLIP-L", 0.7, LabelMode.TOGETHER, LabelSource.EXPECTATIONS, LabelTemplate.BARE));
  }

  @Override
  public Map<String, Double> judge(EvaluatedImage image) {
    List<Expectation> expected = image.expected();
    FoundThings things = new FoundThings(image, image.detections());
    if (expected.stream().anyMatch(thing -> thing.relation() != null)) {
      return Map.of(RELATION_HOLDS, Outcomes.toNumber(things.anyPairObeys(rule)));
    }
    if (expected.isEmpty() || expected.stream().anyMatch(thing -> thing.exactCount().isEmpty())) {
      return Map.of();
    }
    List<Integer> wanted = expected.stream().map(Expectation::leastCount).toList();
    List<Integer> found = IntStream.range(0, expected.size()).mapToObj(things::count).toList();
    return COMPARISON.equals(image.category()) && wanted.size() == 2
        ? compare(wanted, found)
        : count(wanted, found);
  }

  /** Judges two numbers. As in the authors' code, a right pair is one right thing of two. */
  private static Map<String, Double> compare(List<Integer> wanted, List<Integer> found) {
    int anchor = wanted.get(0);
    int wantedSide = Integer.signum(wanted.get(1) - anchor);
    int foundSide = Integer.signum(found.get(1) - anchor);
    double right = Outcomes.toNumber(found.get(0) == anchor && foundSide == wantedSide);
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(THINGS, 2.0);
    values.put(THINGS_RIGHT, right);
    values.put(ALL_RIGHT, right);
    return values;
  }

  private static Map<String, Double> count(List<Integer> wanted, List<Integer> found) {
    double right = 0;
    double shared = 0;
    for (int i = 0; i < wanted.size(); i++) {
      right += Outcomes.toNumber(wanted.get(i).equals(found.get(i)));
      shared += Math.min(wanted.get(i), found.get(i));
    }
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(THINGS, (double) wanted.size());
    values.put(THINGS_RIGHT, right);
    values.put(ALL_RIGHT, Outcomes.toNumber(right == wanted.size()));
    values.put(PRECISION, shared == 0 ? 0 : shared / sum(found));
    values.put(RECALL, shared == 0 ? 0 : shared / sum(wanted));
    return values;
  }

  private static int sum(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).sum();
  }

  @Override
  public Optional<Boolean> isRight(Map<String, Double> values) {
    return Outcomes.isYes(values, RELATION_HOLDS).or(() -> Outcomes.isYes(values, ALL_RIGHT));
  }

  @Override
  public List<FigureDefinition> figures() {
    return List.of(
        define(
            "spatial_accuracy",
            "images in which any pair of detections has the relation: the line between the centres"
                + " deviates by less than 45 degrees; next to is left or right",
            SPATIAL_SOURCE,
            new ImageMean(RELATION_HOLDS, 100)),
        define(
            "counting_accuracy",
            "things with exactly the right number, of all; a right comparison is one right thing of"
                + " two",
            COUNTING_SOURCE,
            new SumRatio(THINGS_RIGHT, List.of(THINGS), 100)),
        define(
            "counting_exact",
            "images in which all numbers are right",
            COUNTING_SOURCE,
            new ImageMean(ALL_RIGHT, 100)),
        define(
            "counting_precision",
            "mean over images without comparisons of the smaller of the found and the wanted"
                + " number, added over things, by all found",
            COUNTING_SOURCE,
            new ImageMean(PRECISION, 100)),
        define(
            "counting_recall",
            "the same by all wanted",
            COUNTING_SOURCE,
            new ImageMean(RECALL, 100)));
  }

  private static FigureDefinition define(
      String name, String formula, String source, Statistic statistic) {
    return new FigureDefinition(
        name, FigureUnit.PERCENT, FigureScope.OVERALL_AND_CATEGORIES, formula, source, statistic);
  }
}
