package io.boxwright.job.report;

/**
 * A rate per second, in which the last minute counts most. Counts may rise in jumps, as those of
 * batches and tasks do. Each jump is spread over the time since the previous one.
 */
final class SmoothedRate {

  private static final double MEMORY_SECONDS = 60;

  private long count;
  private double changed;
  private double weightedRates;
  private double weights;

  /** Starts with a count, at a time in seconds. */
  SmoothedRate(long there, double now) {
    count = there;
    changed = now;
  }

  /** Updates the total count, at a time in seconds. */
  void update(long total, double now) {
    if (total > count && now > changed) {
      double kept = Math.exp((changed - now) / MEMORY_SECONDS);
      double rate = (total - count) / (now - changed);
      weightedRates = kept * weightedRates + (1 - kept) * rate;
      weights = kept * weights + 1 - kept;
      count = total;
      changed = now;
    }
  }

  /** Returns the rate per second; 0 as long as the count has not risen. */
  double perSecond() {
    return weights == 0 ? 0 : weightedRates / weights;
  }

  /** Returns the seconds until the count is {@code total}; infinite as long as it has not risen. */
  double secondsUntil(long total, double now) {
    return Math.max(0, (total - count) / perSecond() - (now - changed));
  }
}
