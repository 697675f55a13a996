package io.boxwright.job.figures;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The mean of a value over the images that have it.
 *
 * @param name the name of the value
 * @param scale a factor: 100 for percent
 */
record ImageMean(String name, double scale) implements Statistic {

  @Override
  public ToDoubleFunction<int[]> prepare(List<PromptImages> prompts) {
    double[] sums = PromptImages.toNumbers(prompts, prompt -> prompt.sum(name));
    double[] counts = PromptImages.toNumbers(prompts, prompt -> prompt.count(name));
    return weights ->
        scale * PromptImages.weightedSum(sums, weights) / PromptImages.weightedSum(counts, weights);
  }

  @Override
  public int countImages(List<PromptImages> prompts) {
    return prompts.stream().mapToInt(prompt -> prompt.count(name)).sum();
  }
}
