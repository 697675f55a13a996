package io.boxwright.job.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RankCorrelationTest {

  @Test
  void equalNumbersShareTheMeanOfTheirRanks() {
    double[] first = {1, 2, 2, 40};
    double[] second = {-1, 3, 2, 4};

    // Ranks 0, 1.5, 1.5, 3 and 0, 2, 1, 3: 4.5 / sqrt(4.5 * 5).
    assertThat(RankCorrelation.of(first, second).orElseThrow())
        .isCloseTo(4.5 / Math.sqrt(22.5), within(1e-12));
  }

  @Test
  void onlyTheOrderCounts() {
    assertThat(RankCorrelation.of(new double[] {1, 2, 3}, new double[] {8, 0.2, 0.1}))
        .hasValueSatisfying(value -> assertThat(value).isCloseTo(-1, within(1e-12)));
  }

  @Test
  void equalOrFewNumbersHaveNone() {
    assertThat(RankCorrelation.of(new double[] {1, 1, 1}, new double[] {1, 2, 3})).isEmpty();
    assertThat(RankCorrelation.of(new double[] {1, 2}, new double[] {1, 2})).isEmpty();
  }
}
