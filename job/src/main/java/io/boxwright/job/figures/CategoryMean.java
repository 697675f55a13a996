package io.boxwright.job.figures;

import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * The mean over categories of a value's mean over images. Each category counts the same, however
 * many images it has.
 *
 * @param name the name of the value
 * @param scale a factor: 100 for percent
 */
record CategoryMean(String name, double scale) implements Statistic {

  @Override
  public ToDoubleFunction<int[]> prepare(List<PromptImages> prompts) {
    List<ToDoubleFunction<int[]>> means =
        prompts.stream()
            .filter(prompt -> prompt.count(name) > 0)
            .map(PromptImages::category)
            .filter(Objects::nonNull)
            .distinct()
            .map(category -> prepareMean(prompts, category))
            .toList();
    return weights ->
        means.stream()
            .mapToDouble(mean -> mean.applyAsDouble(weights))
            .average()
            .orElse(Double.NaN);
  }

  private ToDoubleFunction<int[]> prepareMean(List<PromptImages> prompts, String category) {
    return new ImageMean(name, scale)
        .prepare(
            prompts.stream()
                .map(
                    prompt ->
                        category.equals(prompt.category())
                            ? prompt
                            : new PromptImages(prompt.category(), List.of()))
                .toList());
  }

  @Override
  public int countImages(List<PromptImages> prompts) {
    return new ImageMean(name, scale).countImages(prompts);
  }
}
