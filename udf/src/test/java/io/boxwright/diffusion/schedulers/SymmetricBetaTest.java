package io.boxwright.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantiles against those of {@code scipy.stats.beta.ppf(share, shape, shape)}. */
class SymmetricBetaTest {

  @ParameterizedTest
  @CsvSource({
    "0.6, 0, 0.0",
    "0.6, 0.001, 1.855873851745199e-05",
    "0.6, 0.1, 0.03958440558878085",
    "0.6, 0.35, 0.2967352964353557",
    "0.6, 0.5, 0.5000000000000001",
    "0.6, 0.75, 0.824319621347305",
    "0.6, 1, 1.0",
    "2, 0.2, 0.2871407254167405",
    "3.5, 0.9, 0.735794329365494",
  })
  void quantilesAreThoseOfScipy(double shape, double share, double expected) {
    assertThat(new SymmetricBeta(shape).quantile(share)).isCloseTo(expected, within(1e-13));
  }
}
