package io.boxwright.job.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ExpectationTest {

  @Test
  void withoutCountsOneThingOrMoreIsRight() {
    Expectation cat = Expectation.of("cat");

    assertThat(cat.accepts(0)).isFalse();
    assertThat(cat.accepts(1)).isTrue();
    assertThat(cat.accepts(9)).isTrue();
    assertThat(cat.exactCount()).isEmpty();
  }

  @Test
  void aLargestCountOfZeroMeansThatItMustNotOccur() {
    Expectation none = new Expectation("cat", null, 0, null, null, null);

    assertThat(none.accepts(0)).isTrue();
    assertThat(none.accepts(1)).isFalse();
    assertThat(none.exactCount()).contains(0);
  }

  @Test
  void anExactCountAcceptsNoOther() {
    assertThat(Expectation.exactly(2, "cat").accepts(1)).isFalse();
    assertThat(Expectation.exactly(2, "cat").accepts(2)).isTrue();
    assertThat(Expectation.exactly(2, "cat").accepts(3)).isFalse();
  }

  @Test
  void impossibleCountsAndRelationsAreRefused() {
    assertThatThrownBy(() -> new Expectation("cat", 3, 2, null, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'cat'")
        .hasMessageContaining("from 3 to 2");
    assertThatThrownBy(() -> new Expectation("cat", null, null, null, Relation.ABOVE, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'cat'");
    assertThatThrownBy(() -> ImageBuilder.image().expect("cat", Relation.ABOVE, 1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Image 0 of 1")
        .hasMessageContaining("relative to thing 1 of 1");
    assertThatThrownBy(() -> Relation.of("inside"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'inside'")
        .hasMessageContaining("left of");
  }
}
