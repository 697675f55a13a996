package io.boxwright.job.figures;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The sum of one value over all images, divided by the sum of other values.
 *
 * @param numerator the name of the value above
 * @param denominators the names of the values below, which are added
 * @param scale a factor: 100 for percent
 */
record SumRatio(String numerator, List<String> denominators, double scale) implements Statistic {

  /** Copies the list. */
  SumRatio {
    denominators = List.copyOf(denominators);
  }

  @Override
  public ToDoubleFunction<int[]> prepare(List<PromptImages> prompts) {
    double[] above = PromptImages.toNumbers(prompts, prompt -> prompt.sum(numerator));
    double[] below =
        PromptImages.toNumbers(
            prompts, prompt -> denominators.stream().mapToDouble(prompt::sum).sum());
    return weights ->
        scale * PromptImages.weightedSum(above, weights) / PromptImages.weightedSum(below, weights);
  }

  @Override
  public int countImages(List<PromptImages> prompts) {
    return prompts.stream().mapToInt(prompt -> prompt.count(denominators.get(0))).sum();
  }
}
