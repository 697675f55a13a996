package io.boxwright.job.figures;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The images of one prompt.
 *
 * @param category the prompt's category, or null
 * @param images the images that were made, by their index
 */
public record PromptImages(String category, List<ScoredImage> images) {

  /** Copies the list. */
  public PromptImages {
    images = List.copyOf(images);
  }

  /** Adds the values of a name over all images; images without that value add nothing. */
  double sum(String name) {
    return images.stream().mapToDouble(image -> image.values().getOrDefault(name, 0.0)).sum();
  }

  /** Counts the images that have a value of this name. */
  int count(String name) {
    return (int) images.stream().filter(image -> image.values().containsKey(name)).count();
  }

  /** Adds a number of each prompt, as often as the prompt counts. */
  static double weightedSum(double[] numbers, int[] weights) {
    double sum = 0;
    for (int i = 0; i < numbers.length; i++) {
      sum += weights[i] * numbers[i];
    }
    return sum;
  }

  /** Returns a number of each prompt. */
  static double[] toNumbers(List<PromptImages> prompts, ToDoubleFunction<PromptImages> number) {
    return prompts.stream().mapToDouble(number).toArray();
  }
}
