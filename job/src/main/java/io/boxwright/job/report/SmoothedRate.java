package io.boxwright.job.report;

/**
 * How many a second, the last minute counting most. Counts may come in lumps, as those of batches
 * and tasks do: each lump is spread over the time since the one before.
 */
final class SmoothedRate {

  private static final double MEMORY_SECONDS = 60;

  private long count;
  private double changed;
  private double weightedRates;
  private double weights;

  /** Starts with those that are there already, at a time in seconds. */
  SmoothedRate(long there, double now) {
    count = there;
    changed = now;
  }

  /** Says how many there are by now, in all. */
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

  /** How many a second; 0 as long as none has come. */
  double perSecond() {
    return weights == 0 ? 0 : weightedRates / weights;
  }

  /** In how many seconds there will be {@code total}; infinite as long as none has come. */
  double secondsUntil(long total, double now) {
    return Math.max(0, (total - count) / perSecond() - (now - changed));
  }
}
