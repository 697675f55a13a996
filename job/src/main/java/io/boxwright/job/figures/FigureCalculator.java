package io.boxwright.job.figures;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    List<EvaluatedImage> sorted = images.stream().sorted(BY_ID_AND_INDEX).toList();
    requireDistinct(sorted);
    List<ScoredImage> scored =
        sorted.stream()
            .filter(image -> image.status() == ImageStatus.OK)
            .map(image -> new ScoredImage(image, benchmark.judge(image)))
            .toList();
    List<PromptImages> prompts = groupByPrompt(scored);
    List<Figure> figures = new ArrayList<>(compute(benchmark.figures(), null, prompts));
    List<FigureDefinition> divided =
        benchmark.figures().stream()
            .filter(figure -> figure.scope() == FigureScope.OVERALL_AND_CATEGORIES)
            .toList();
    prompts.stream()
        .map(PromptImages::category)
        .filter(Objects::nonNull)
        .distinct()
        .sorted()
        .forEach(category -> figures.addAll(compute(divided, category, prompts)));
    return new BenchmarkFigures(
        benchmark.name(),
        figures,
        scored.stream().map(FigureCalculator::toOutcome).toList(),
        sorted.size() - scored.size());
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

  private static List<PromptImages> groupByPrompt(List<ScoredImage> scored) {
    Map<String, List<ScoredImage>> groups = new LinkedHashMap<>();
    scored.stream()
        .filter(image -> !image.values().isEmpty())
        .forEach(
            image ->
                groups.computeIfAbsent(image.image().id(), id -> new ArrayList<>()).add(image));
    return groups.values().stream()
        .map(group -> new PromptImages(group.get(0).image().category(), group))
        .toList();
  }

  private List<Figure> compute(
      List<FigureDefinition> definitions, String category, List<PromptImages> all) {
    List<PromptImages> prompts =
        all.stream()
            .filter(prompt -> category == null || category.equals(prompt.category()))
            .toList();
    int[] once = prompts.stream().mapToInt(prompt -> 1).toArray();
    List<FigureDefinition> existing = new ArrayList<>();
    List<ToDoubleFunction<int[]>> values = new ArrayList<>();
    for (FigureDefinition definition : definitions) {
      ToDoubleFunction<int[]> value = definition.statistic().prepare(prompts);
      if (!Double.isNaN(value.applyAsDouble(once))) {
        existing.add(definition);
        values.add(value);
      }
    }
    if (existing.isEmpty()) {
      return List.of();
    }
    List<Interval> intervals = bootstrap.estimate(prompts.size(), values);
    List<Figure> figures = new ArrayList<>();
    for (int i = 0; i < existing.size(); i++) {
      FigureDefinition definition = existing.get(i);
      figures.add(
          new Figure(
              definition.name(),
              category,
              values.get(i).applyAsDouble(once),
              definition.unit(),
              definition.formula(),
              definition.source(),
              definition.statistic().countImages(prompts),
              countPrompts(definition.statistic(), prompts),
              intervals.get(i)));
    }
    return figures;
  }

  private static int countPrompts(Statistic statistic, List<PromptImages> prompts) {
    return (int)
        prompts.stream().filter(prompt -> statistic.countImages(List.of(prompt)) > 0).count();
  }

  private static ImageOutcome toOutcome(ScoredImage scored) {
    return new ImageOutcome(scored.image().id(), scored.image().imageIndex(), scored.values());
  }
}
