package io.boxwright.job.figures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Computes the figures of a benchmark. The same images in any order give the same figures. */
public final class FigureCalculator {

  private static final Comparator<EvaluatedImage> BY_ID_AND_INDEX =
      Comparator.comparing(EvaluatedImage::id).thenComparing(EvaluatedImage::imageIndex);

  private final Bootstrap bootstrap;

  /** Makes a calculator. */
  public FigureCalculator(Bootstrap bootstrap) {
    this.bootstrap = Objects.requireNonNull(bootstrap, "bootstrap");
  }

  /**
   * Computes the figures.
   *
   * @param images all images of a run, with the failed ones
   * @throws IllegalArgumentException if an image is there twice
   */
  public BenchmarkFigures calculate(Benchmark benchmark, List<EvaluatedImage> images) {
    List<ScoredImage> scored = judge(benchmark, images);
    List<PromptImages> prompts = List.copyOf(groupByPrompt(scored).values());
    List<Figure> figures = new ArrayList<>(compute(benchmark.figures(), null, prompts));
    List<FigureDefinition> divided = chooseDivided(benchmark);
    for (String category : listCategories(prompts)) {
      figures.addAll(compute(divided, category, choose(category, prompts)));
    }
    return new BenchmarkFigures(
        benchmark.name(),
        figures,
        scored.stream().map(FigureCalculator::toOutcome).toList(),
        images.size() - scored.size());
  }

  /**
   * Computes the differences of the figures between two runs. Only prompts with judged images in
   * both count, each in the category that the first run gives it. Prompts are the same if their
   * ids, texts and asked-for boxes are.
   *
   * @param first all images of the first run
   * @param second all images of the second run
   * @return the second run's figures less those of the first: over all prompts first, then by
   *     category in alphabetical order; a figure that either run lacks is not there
   * @throws IllegalArgumentException if a run has an image twice
   */
  public List<FigureDifference> compare(
      Benchmark benchmark, List<EvaluatedImage> first, List<EvaluatedImage> second) {
    List<PromptPair> pairs =
        pair(groupByPrompt(judge(benchmark, first)), groupByPrompt(judge(benchmark, second)));
    List<FigureDifference> differences =
        new ArrayList<>(subtract(benchmark.figures(), null, pairs));
    List<FigureDefinition> divided = chooseDivided(benchmark);
    for (String category : listCategories(pairs.stream().map(PromptPair::first).toList())) {
      List<PromptPair> own =
          pairs.stream().filter(pair -> category.equals(pair.first().category())).toList();
      differences.addAll(subtract(divided, category, own));
    }
    return differences;
  }

  private static List<ScoredImage> judge(Benchmark benchmark, List<EvaluatedImage> images) {
    List<EvaluatedImage> sorted = images.stream().sorted(BY_ID_AND_INDEX).toList();
    requireDistinct(sorted);
    return sorted.stream()
        .filter(image -> image.status() == ImageStatus.OK)
        .map(image -> new ScoredImage(image, benchmark.judge(image)))
        .toList();
  }

  private static List<FigureDefinition> chooseDivided(Benchmark benchmark) {
    return benchmark.figures().stream()
        .filter(figure -> figure.scope() == FigureScope.OVERALL_AND_CATEGORIES)
        .toList();
  }

  private static List<String> listCategories(List<PromptImages> prompts) {
    return prompts.stream()
        .map(PromptImages::category)
        .filter(Objects::nonNull)
        .distinct()
        .sorted()
        .toList();
  }

  private static List<PromptImages> choose(String category, List<PromptImages> prompts) {
    return prompts.stream().filter(prompt -> category.equals(prompt.category())).toList();
  }

  private static void requireDistinct(List<EvaluatedImage> sorted) {
    for (int i = 1; i < sorted.size(); i++) {
      if (BY_ID_AND_INDEX.compare(sorted.get(i - 1), sorted.get(i)) == 0) {
        throw new IllegalArgumentException(
            "Image %d of %s is there twice"
                .formatted(sorted.get(i).imageIndex(), sorted.get(i).id()));
      }
    }
  }

  /** Groups judged images by the ids of their prompts, in the order of the ids. */
  private static Map<String, PromptImages> groupByPrompt(List<ScoredImage> scored) {
    Map<String, List<ScoredImage>> groups = new LinkedHashMap<>();
    scored.stream()
        .filter(image -> !image.values().isEmpty())
        .forEach(
            image ->
                groups.computeIfAbsent(image.image().id(), id -> new ArrayList<>()).add(image));
    Map<String, PromptImages> prompts = new LinkedHashMap<>();
    groups.forEach(
        (id, group) -> prompts.put(id, new PromptImages(group.get(0).image().category(), group)));
    return prompts;
  }

  /** The images of one prompt in two runs, in the category that the first run gives it. */
  private record PromptPair(PromptImages first, PromptImages second) {

    static PromptPair of(PromptImages first, PromptImages second) {
      return new PromptPair(first, new PromptImages(first.category(), second.images()));
    }
  }

  private static List<PromptPair> pair(
      Map<String, PromptImages> first, Map<String, PromptImages> second) {
    return first.entrySet().stream()
        .filter(prompt -> isSame(prompt.getValue(), second.get(prompt.getKey())))
        .map(prompt -> PromptPair.of(prompt.getValue(), second.get(prompt.getKey())))
        .toList();
  }

  private static boolean isSame(PromptImages first, PromptImages second) {
    if (second == null) {
      return false;
    }
    EvaluatedImage one = first.images().get(0).image();
    EvaluatedImage other = second.images().get(0).image();
    return one.prompt().equals(other.prompt()) && one.objects().equals(other.objects());
  }

  private List<FigureDifference> subtract(
      List<FigureDefinition> definitions, String category, List<PromptPair> pairs) {
    List<PromptImages> first = pairs.stream().map(PromptPair::first).toList();
    List<PromptImages> second = pairs.stream().map(PromptPair::second).toList();
    return estimate(
            definitions,
            pairs.size(),
            statistic -> {
              ToDoubleFunction<int[]> before = statistic.prepare(first);
              ToDoubleFunction<int[]> after = statistic.prepare(second);
              return weights -> after.applyAsDouble(weights) - before.applyAsDouble(weights);
            })
        .stream()
        .map(
            estimate ->
                new FigureDifference(
                    estimate.definition().name(),
                    category,
                    estimate.value(),
                    estimate.definition().unit(),
                    countPairs(estimate.definition().statistic(), pairs),
                    estimate.interval()))
        .toList();
  }

  private static int countPairs(Statistic statistic, List<PromptPair> pairs) {
    return (int)
        pairs.stream()
            .filter(pair -> statistic.countImages(List.of(pair.first())) > 0)
            .filter(pair -> statistic.countImages(List.of(pair.second())) > 0)
            .count();
  }

  private List<Figure> compute(
      List<FigureDefinition> definitions, String category, List<PromptImages> prompts) {
    return estimate(definitions, prompts.size(), statistic -> statistic.prepare(prompts)).stream()
        .map(estimate -> toFigure(estimate, category, prompts))
        .toList();
  }

  private static Figure toFigure(Estimate estimate, String category, List<PromptImages> prompts) {
    FigureDefinition definition = estimate.definition();
    return new Figure(
        definition.name(),
        category,
        estimate.value(),
        definition.unit(),
        definition.formula(),
        definition.source(),
        definition.statistic().countImages(prompts),
        countPrompts(definition.statistic(), prompts),
        estimate.interval());
  }

  /** A value with its interval. */
  private record Estimate(FigureDefinition definition, double value, Interval interval) {}

  /** Estimates the values that exist, all from the same resamples of the prompts. */
  private List<Estimate> estimate(
      List<FigureDefinition> definitions,
      int prompts,
      Function<Statistic, ToDoubleFunction<int[]>> prepare) {
    int[] once = new int[prompts];
    Arrays.fill(once, 1);
    List<FigureDefinition> existing = new ArrayList<>();
    List<ToDoubleFunction<int[]>> values = new ArrayList<>();
    for (FigureDefinition definition : definitions) {
      ToDoubleFunction<int[]> value = prepare.apply(definition.statistic());
      if (!Double.isNaN(value.applyAsDouble(once))) {
        existing.add(definition);
        values.add(value);
      }
    }
    if (existing.isEmpty()) {
      return List.of();
    }
    List<Interval> intervals = bootstrap.estimate(prompts, values);
    List<Estimate> estimates = new ArrayList<>();
    for (int i = 0; i < existing.size(); i++) {
      estimates.add(
          new Estimate(existing.get(i), values.get(i).applyAsDouble(once), intervals.get(i)));
    }
    return estimates;
  }

  private static int countPrompts(Statistic statistic, List<PromptImages> prompts) {
    return (int)
        prompts.stream().filter(prompt -> statistic.countImages(List.of(prompt)) > 0).count();
  }

  private static ImageOutcome toOutcome(ScoredImage scored) {
    return new ImageOutcome(scored.image().id(), scored.image().imageIndex(), scored.values());
  }
}
