package io.boxwright.job.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HistogramTest {

  @Test
  void imagesAreCountedInBinsWhoseLastOneHoldsTheUpperEnd() {
    Histogram histogram =
        Histogram.of(PageScore.IOU, List.of(Numbers.run(0, 0, 0.04, 0.05, 1))).orElseThrow();

    Histogram.RunBins bins = histogram.runs().get(0);
    assertThat(histogram.upper()).isEqualTo(1);
    assertThat(bins.shares()).hasSize(20).startsWith(0.5, 0.25, 0.0).endsWith(0.0, 0.25);
    assertThat(bins.images()).isEqualTo(4);
    assertThat(bins.median()).isEqualTo(0.045);
    assertThat(bins.mean()).isEqualTo(1.09 / 4);
  }

  @Test
  void aScoreWithoutALimitEndsAtTheLargestValueOfAllRuns() {
    List<RunNumbers> runs = List.of(withLift(0, 1.2), withLift(1, 6.3));

    Histogram histogram = Histogram.of(PageScore.LIFT, runs).orElseThrow();

    assertThat(histogram.upper()).isEqualTo(7);
    assertThat(histogram.runs().get(0).shares().get(3)).isEqualTo(1);
  }

  @Test
  void aRunWithoutTheScoreIsLeftOutAndAScoreThatNoRunHasGivesNothing() {
    List<RunNumbers> runs = List.of(new RunNumbers(0, List.of()), Numbers.run(1, 0.5));

    assertThat(Histogram.of(PageScore.IOU, runs).orElseThrow().runs())
        .extracting(Histogram.RunBins::run)
        .containsExactly(1);
    assertThat(Histogram.of(PageScore.IN_BOX_MASS, runs)).isEmpty();
  }

  private static RunNumbers withLift(int run, double lift) {
    return new RunNumbers(
        run,
        List.of(
            new ImageNumbers(
                new ImageKey("1", 0, "a prompt"),
                "file",
                null,
                true,
                null,
                lift,
                null,
                null,
                List.of())));
  }
}
