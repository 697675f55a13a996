package io.boxwright.job.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  private static final int PROMPTS = 400;

  @Test
  void theIntervalOfAShareIsThatOfTheBinomialDistribution() {
    Interval interval = estimateFirst(Bootstrap.standard(), 100);

    double deviation = Math.sqrt(0.25 * 0.75 / PROMPTS);
    assertThat(interval.low()).isCloseTo(0.25 - 1.96 * deviation, within(0.01));
    assertThat(interval.high()).isCloseTo(0.25 + 1.96 * deviation, within(0.01));
  }

  @Test
  void equalSeedsGiveEqualIntervals() {
    assertThat(estimateFirst(new Bootstrap(100, 7), 100))
        .isEqualTo(estimateFirst(new Bootstrap(100, 7), 100))
        .isNotEqualTo(estimateFirst(new Bootstrap(100, 8), 100));
  }

  @Test
  void everyResampleHasAsManyPromptsAsThereAre() {
    Interval interval =
        new Bootstrap(50, 1)
            .estimate(PROMPTS, List.of(weights -> Arrays.stream(weights).sum()))
            .get(0);

    assertThat(interval).isEqualTo(new Interval(PROMPTS, PROMPTS));
  }

  @Test
  void resamplesWithoutTheValueAreLeftOut() {
    Interval interval =
        new Bootstrap(50, 1)
            .estimate(2, List.of(weights -> weights[0] == 0 ? Double.NaN : 5))
            .get(0);

    assertThat(interval).isEqualTo(new Interval(5, 5));
  }

  /** Estimates the share of prompts among the first ones. */
  private static Interval estimateFirst(Bootstrap bootstrap, int count) {
    return bootstrap
        .estimate(
            PROMPTS, List.of(weights -> (double) Arrays.stream(weights, 0, count).sum() / PROMPTS))
        .get(0);
  }
}
