package io.boxwright.job.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The distribution of a score, with the same bins for all runs: {@value #BINS} of equal width from
 * 0 to an upper end, which belongs to the last one.
 *
 * @param score the key of the score
 * @param upper the upper end, above 0
 * @param runs the runs that have the score
 */
public record Histogram(String score, double upper, List<RunBins> runs) {

  private static final int BINS = 20;

  /**
   * The bins of a run.
   *
   * @param run the place of the run on the page
   * @param images the number of images with the score
   * @param mean the mean
   * @param median the median
   * @param shares the share of these images in each bin, 0..1
   */
  public record RunBins(int run, int images, double mean, double median, List<Double> shares) {

    /** Copies the list. */
    public RunBins {
      shares = List.copyOf(shares);
    }
  }

  /** Copies the list. */
  public Histogram {
    runs = List.copyOf(runs);
  }

  /** Counts the images of runs. Returns nothing if no image has the score. */
  public static Optional<Histogram> of(PageScore score, List<RunNumbers> runs) {
    double largest =
        runs.stream().flatMapToDouble(run -> Arrays.stream(score.values(run))).max().orElse(-1);
    if (largest < 0) {
      return Optional.empty();
    }
    double upper = score == PageScore.LIFT ? Math.max(1, Math.ceil(largest)) : 1;
    List<RunBins> bins = new ArrayList<>();
    for (RunNumbers run : runs) {
      double[] values = score.values(run);
      if (values.length > 0) {
        bins.add(count(run.run(), values, upper));
      }
    }
    return Optional.of(new Histogram(score.name(), upper, bins));
  }

  private static RunBins count(int run, double[] values, double upper) {
    int[] counts = new int[BINS];
    for (double value : values) {
      counts[Math.min(BINS - 1, (int) (Math.max(0, value) / upper * BINS))]++;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return new RunBins(
        run,
        values.length,
        Arrays.stream(values).average().orElseThrow(),
        median,
        Arrays.stream(counts).mapToObj(count -> (double) count / values.length).toList());
  }
}
