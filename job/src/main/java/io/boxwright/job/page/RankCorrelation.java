package io.boxwright.job.page;

import java.util.Optional;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;

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
    double correlation = new SpearmansCorrelation().correlation(first, second);
    return Double.isNaN(correlation) ? Optional.empty() : Optional.of(correlation);
  }
}
