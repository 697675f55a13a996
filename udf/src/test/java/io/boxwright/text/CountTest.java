package io.boxwright.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountTest {

  @Test
  void onlyOneThingIsSingular() {
    assertThat(Count.of(0, "chunk")).isEqualTo("0 chunks");
    assertThat(Count.of(1, "chunk")).isEqualTo("1 chunk");
    assertThat(Count.of(2, "chunk")).isEqualTo("2 chunks");
  }

  @Test
  void otherWordsHaveFormsOfTheirOwn() {
    assertThat(Count.of(1, "box is", "boxes are")).isEqualTo("1 box is");
    assertThat(Count.of(0, "box is", "boxes are")).isEqualTo("0 boxes are");
    assertThat(Count.form(1, "is", "are")).isEqualTo("is");
    assertThat(Count.form(12, "is", "are")).isEqualTo("are");
  }
}
