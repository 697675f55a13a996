package io.boxwright.job.figures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A percentile bootstrap over prompts: it draws as many prompts as there are, with replacement,
 * many times. The images of a prompt stay together. The same seed gives the same intervals.
 *
 * @param resamples how often it draws, at least 1
 * @param seed the seed of {@link Random}, whose numbers are the same on every machine
 */
public record Bootstrap(int resamples, long seed) {

  private static final double TAIL = 0.025;

  /** The number of resamples that are computed at the same time, on all cores. */
  private static final int TOGETHER = 32;

  /**
   * Checks the number of resamples.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public Bootstrap {
    if (resamples < 1) {
      throw new IllegalArgumentException("A bootstrap of %d resamples".formatted(resamples));
    }
  }

  /** Returns 1,000 resamples with seed 1. */
  public static Bootstrap standard() {
    return new Bootstrap(1000, 1);
  }

  /**
   * Estimates intervals of several values over the same prompts.
   *
   * @param prompts the number of prompts, at least 1
   * @param values each computes its value from how often every prompt counts, or NaN if that value
   *     does not exist; such resamples are left out. Threads share them
   * @return an interval for each value, NaN if it exists in no resample
   */
  List<Interval> estimate(int prompts, List<ToDoubleFunction<int[]>> values) {
    double[][] drawn = new double[values.size()][resamples];
    Random random = new Random(seed);
    for (int first = 0; first < resamples; first += TOGETHER) {
      int start = first;
      int[][] weights = draw(random, Math.min(TOGETHER, resamples - first), prompts);
      IntStream.range(0, weights.length)
          .parallel()
          .forEach(
              i -> {
                for (int j = 0; j < drawn.length; j++) {
                  drawn[j][start + i] = values.get(j).applyAsDouble(weights[i]);
                }
              });
    }
    List<Interval> intervals = new ArrayList<>();
    for (double[] sample : drawn) {
      double[] sorted =
          Arrays.stream(sample).filter(value -> !Double.isNaN(value)).sorted().toArray();
      intervals.add(new Interval(quantile(sorted, TAIL), quantile(sorted, 1 - TAIL)));
    }
    return intervals;
  }

  /** Draws resamples: how often each prompt counts in each of them. */
  private static int[][] draw(Random random, int count, int prompts) {
    int[][] weights = new int[count][prompts];
    for (int[] resample : weights) {
      for (int i = 0; i < prompts; i++) {
        resample[random.nextInt(prompts)]++;
      }
    }
    return weights;
  }

  /** Interpolates between the two nearest values. */
  private static double quantile(double[] sorted, double share) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double position = share * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
