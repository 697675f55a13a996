package io.boxwright.job.exporting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Splits by a hash of the prompt. */
class SplitsTest {

  @Test
  void aHashSharesPromptsOut() {
    Splits splits = Splits.parse("train=0.7, val=0.2,test=0.1");

    long[] counts = new long[3];
    IntStream.range(0, 5000).forEach(i -> counts[splits.find("prompt " + i)]++);

    assertThat(splits.names()).containsExactly("train", "val", "test");
    assertThat(counts[0] / 5000.0).isCloseTo(0.7, within(0.03));
    assertThat(counts[1] / 5000.0).isCloseTo(0.2, within(0.03));
    assertThat(counts[2] / 5000.0).isCloseTo(0.1, within(0.03));
  }

  @Test
  void anotherShareMovesNoPromptOfTheFirstSplit() {
    Splits small = Splits.parse("train=0.5,val=0.5");
    Splits large = Splits.parse("train=0.8,val=0.2");

    assertThat(IntStream.range(0, 500).mapToObj(i -> "prompt " + i))
        .allMatch(prompt -> small.find(prompt) == 1 || large.find(prompt) == 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train=0.9,val=0.2   | shares add up to 1.1, not to 1
          train               | write NAME=SHARE
          train=a             | 'a' is not a number
          train=1,val=0       | is 0, not above 0
          a=1e999999999,b=1   | not above 0 and at most 1
          a=1e-999999999,b=1  | more than 30 decimal places
          a/b=1               | may have letters
          a=0.5,a=0.5         | a is there twice
          """)
  void wrongSplitsAreRefused(String text, String message) {
    assertThatThrownBy(() -> Splits.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
