package io.boxwright.job.page;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/** Spearman's rank correlation. */
final class RankCorrelation {

  private RankCorrelation() {}

  /**
   * Returns the correlation of two rows of numbers of the same length, -1..1. Equal numbers share
   * the mean of their ranks. Nothing for fewer than three pairs, or if all numbers of a row are
   * equal.
   */
  static Optional<Double> of(double[] first, double[] second) {
    if (first.length < 3) {
      return Optional.empty();
    }
    double correlation = correlate(rank(first), rank(second));
    return Double.isNaN(correlation) ? Optional.empty() : Optional.of(correlation);
  }

  private static double[] rank(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(place -> values[place]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    int start = 0;
    while (start < order.length) {
      int end = start;
      while (end < order.length && values[order[end]] == values[order[start]]) {
        end++;
      }
      for (int i = start; i < end; i++) {
        ranks[order[i]] = (start + end - 1) / 2.0;
      }
      start = end;
    }
    return ranks;
  }

  /** Pearson's correlation; NaN if all numbers of a row are equal. */
  private static double correlate(double[] first, double[] second) {
    double firstMean = Arrays.stream(first).average().orElseThrow();
    double secondMean = Arrays.stream(second).average().orElseThrow();
    double product = 0;
    double firstSquares = 0;
    double secondSquares = 0;
    for (int i = 0; i < first.length; i++) {
      double x = first[i] - firstMean;
      double y = second[i] - secondMean;
      product += x * y;
      firstSquares += x * x;
      secondSquares += y * y;
    }
    return product / Math.sqrt(firstSquares * secondSquares);
  }
}
