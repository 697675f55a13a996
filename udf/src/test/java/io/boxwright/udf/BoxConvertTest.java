package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoxConvertTest extends SqlSession {

  /** The converted box, as JSON. */
  private static String convert(String arguments) {
    return select("SELECT to_json(boxwright.box_convert(%s))".formatted(arguments));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "array(20, 10, 60, 40), 'xyxy', 80, 40   | [0.25,0.25,0.75,1.0]",
        "array(20, 10, 40, 30), 'xywh', 80, 40   | [0.25,0.25,0.75,1.0]",
        "array(40, 25, 40, 30), 'cxcywh', 80, 40 | [0.25,0.25,0.75,1.0]",
        "array(0.5D, 0.5D, 0.5D, 1D), 'CxCyWH', 1, 1 | [0.25,0.0,0.75,1.0]"
      })
  void givesEdgesRelativeToTheImage(String arguments, String edges) {
    assertThat(convert(arguments)).isEqualTo(edges);
  }

  @Test
  void nothingIsCutOff() {
    assertThat(convert("array(-8, 0, 48, 16), 'xywh', 32, 16")).isEqualTo("[-0.25,0.0,1.25,1.0]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NULL, 'xywh', 32, 16",
        "array(0, 0, 1, 1), NULL, 32, 16",
        "array(0, 0, 1, 1), 'xywh', NULL, 16",
        "array(0, 0, 1, 1), 'xywh', 32, NULL"
      })
  void nullGivesNull(String arguments) {
    assertThat(convert(arguments)).isNull();
  }

  @Test
  void aBoxOfManyNumbersIsShortened() {
    assertThat(catchFailure(() -> convert("array_repeat(1, 10000), 'xywh', 8, 8")))
        .hasMessageStartingWith("Invalid box [1.0, 1.0, ")
        .hasMessageEndingWith("1.0, 1.0]: 10000 numbers, but a box has 4")
        .message()
        .hasSizeLessThan(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "array(0, 0, 1), 'xywh', 8, 8       | Invalid box [0.0, 0.0, 1.0]: 3 numbers, but a box has"
            + " 4",
        "array(0, 0, NULL, 1), 'xywh', 8, 8 | Invalid box [0.0, 0.0, null, 1.0]: it has a null",
        "array(0, double('NaN'), 1, 1), 'xywh', 8, 8 | Invalid box [0.0, NaN, 1.0, 1.0]: its numbers"
            + " must be finite",
        "array(1e308D, 0, 1e308D, 1), 'xywh', 8, 8 | Invalid box [1.0E308, 0.0, 1.0E308, 1.0]: its"
            + " numbers are too large",
        "array(0, 0, 1, 1), 'yxyx', 8, 8    | Unknown form of boxes yxyx: choose one of xyxy, xywh,"
            + " cxcywh",
        "array(0, 0, 1, 1), 'xywh', 0, 8    | Invalid width: 0.0, it must be greater than 0",
        "array(0, 0, 1, 1), 'xywh', 8, double('NaN') | Invalid height: NaN, it must be greater than"
            + " 0"
      })
  void theWrongValueIsNamed(String arguments, String message) {
    assertThat(catchFailure(() -> convert(arguments)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
