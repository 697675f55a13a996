package io.boxwright.job.figures;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The share in percent of prompts with at least so many right images. It does not exist if no
 * prompt has so many images.
 *
 * @param name the name of the value that is 1 for right images
 * @param leastRight the number of right images
 */
record PromptShare(String name, int leastRight) implements Statistic {

  @Override
  public ToDoubleFunction<int[]> prepare(List<PromptImages> prompts) {
    double[] right =
        PromptImages.toNumbers(prompts, prompt -> prompt.sum(name) >= leastRight ? 1 : 0);
    double[] all = PromptImages.toNumbers(prompts, prompt -> prompt.count(name) > 0 ? 1 : 0);
    boolean possible = prompts.stream().anyMatch(prompt -> prompt.count(name) >= leastRight);
    return weights ->
        possible
            ? 100
                * PromptImages.weightedSum(right, weights)
                / PromptImages.weightedSum(all, weights)
            : Double.NaN;
  }

  @Override
  public int countImages(List<PromptImages> prompts) {
    return new ImageMean(name, 1).countImages(prompts);
  }
}
