package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoxIouTest extends SqlSession {

  private static Double compare(String arguments) {
    return select("SELECT boxwright.box_iou(%s)".formatted(arguments));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "array(0, 0, 0.5, 1)    | array(0.25, 0, 0.75, 1)   | 0.3333333333333333",
        "array(0, 0, 0.5, 0.5)  | array(0, 0, 0.5, 0.5)     | 1",
        "array(0, 0, 0.5, 0.5)  | array(0, 0, 1, 1)         | 0.25",
        "array(0, 0, 0.5, 0.5)  | array(0.5, 0.5, 1, 1)     | 0",
        "array(0D, 0D, 1D, 1D)  | array(0F, 0F, 0.5F, 1F)   | 0.5"
      })
  void dividesTheSharedAreaByTheAreaOfBoth(String a, String b, double iou) {
    assertThat(compare(a + ", " + b)).isCloseTo(iou, within(1e-12));
    assertThat(compare(b + ", " + a)).isCloseTo(iou, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NULL, array(0, 0, 1, 1)", "array(0, 0, 1, 1), NULL"})
  void nullGivesNull(String arguments) {
    assertThat(compare(arguments)).isNull();
  }

  @Test
  void readsColumnsInTasks() {
    assertThat(
            BoxIouTest.<Double>select(
                "SELECT sum(boxwright.box_iou(array(0, 0, 1, 1), IF(id = 3, NULL, array(0, 0, 0.1,"
                    + " id / 10)))) FROM range(1, 11, 1, 4)"))
        .isCloseTo(0.1 * (5.5 - 0.3), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "array(0, 0, 1), array(0, 0, 1, 1)       | Invalid a: 3 numbers, but a box has 4: x_min,"
            + " y_min, x_max, y_max",
        "array(0, 0, 1, 1), array(0, NULL, 1, 1) | Invalid b: it is null or has a null",
        "array(0, 0, 1, 1), array(0, 0, 64, 64)  | Invalid b: Invalid box: x_max is 64.0, but boxes"
            + " are relative to the image, 0..1"
      })
  void theWrongBoxIsNamed(String arguments, String message) {
    assertThat(catchFailure(() -> compare(arguments)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
