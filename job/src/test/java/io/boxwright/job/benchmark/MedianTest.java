package io.boxwright.job.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MedianTest {

  @Test
  void isTheMiddleOneOrTheMeanOfTheMiddleTwo() {
    assertThat(Median.of(List.of(9.0, 1.0, 2.0), Double::doubleValue)).isEqualTo(2);
    assertThat(Median.of(List.of(9.0, 1.0, 2.0, 4.0), Double::doubleValue)).isEqualTo(3);
    assertThat(Median.of(List.of(5.0), Double::doubleValue)).isEqualTo(5);
  }
}
