package io.boxwright.job.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SmoothedRateTest {

  @Test
  void thereIsNoRateBeforeTheFirst() {
    SmoothedRate rate = new SmoothedRate(0, 5);
    rate.update(0, 10);

    assertThat(rate.perSecond()).isZero();
    assertThat(rate.secondsUntil(8, 10)).isInfinite();
  }

  @Test
  void lumpsCountAsIfTheyHadComeOneByOne() {
    SmoothedRate rate = new SmoothedRate(0, 0);
    for (int lump = 1; lump <= 20; lump++) {
      rate.update(lump * 8, lump * 4);
      rate.update(lump * 8, lump * 4 + 1);
    }

    assertThat(rate.perSecond()).isCloseTo(2, within(1e-9));
  }

  @Test
  void theRateFollowsAChangeWithinMinutes() {
    SmoothedRate rate = new SmoothedRate(0, 0);
    rate.update(1000, 1000);
    for (int i = 1; i <= 180; i++) {
      rate.update(1000 + 3 * i, 1000 + i);
    }

    assertThat(rate.perSecond()).isBetween(2.8, 3.0);
  }

  @Test
  void timeLeftGoesDownBetweenLumpsAndNoFurtherThanToZero() {
    SmoothedRate rate = new SmoothedRate(0, 0);
    rate.update(10, 10);

    assertThat(rate.secondsUntil(30, 10)).isCloseTo(20, within(1e-9));
    assertThat(rate.secondsUntil(30, 15)).isCloseTo(15, within(1e-9));
    assertThat(rate.secondsUntil(30, 99)).isZero();
  }

  @Test
  void whatIsThereAtTheStartHasNoPartInTheRate() {
    SmoothedRate rate = new SmoothedRate(100, 0);
    rate.update(110, 10);

    assertThat(rate.perSecond()).isCloseTo(1, within(1e-9));
    assertThat(rate.secondsUntil(130, 10)).isCloseTo(20, within(1e-9));
  }
}
