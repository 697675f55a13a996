package io.boxwright.job.figures;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The rule that makes one number from the images of many prompts. */
public interface Statistic {

  /**
   * Prepares the number over prompts.
   *
   * @return computes the number from how often each prompt counts, in the order of the prompts; NaN
   *     if there is nothing to compute it from
   */
  ToDoubleFunction<int[]> prepare(List<PromptImages> prompts);

  /** Counts the images that the number is made from. */
  int countImages(List<PromptImages> prompts);
}
