package io.boxwright.udf.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BoxUnitsTest {

  private static Optional<BoxUnits> of(double... edges) {
    List<Number> all = Arrays.stream(edges).mapToObj(edge -> (Number) edge).toList();
    return BoxUnits.of(
        java.util.stream.IntStream.range(0, edges.length / 4)
            .mapToObj(i -> all.subList(4 * i, 4 * i + 4))
            .toList());
  }

  @Test
  void wrongUnitsAreRecognised() {
    assertThat(of(10, 20, 300, 400, 0, 0, 512, 512)).contains(BoxUnits.PIXELS);
    assertThat(of(10, 20, 30, 40, 0, 0, 100, 50)).contains(BoxUnits.PERCENT);
    assertThat(of(0.5, 0.5, 0.25, 0.25, 0.1, 0.1, 0.5, 0.5)).contains(BoxUnits.SIZES);
    assertThat(of(300, 200, 50, 60, 10, 20, 300, 400)).contains(BoxUnits.PIXEL_SIZES);
    assertThat(of(50, 50, 25, 25, 10, 10, 50, 50)).contains(BoxUnits.PERCENT_SIZES);
  }

  @Test
  void smallPixelsMayBePercent() {
    for (BoxUnits units : List.of(BoxUnits.PERCENT, BoxUnits.PERCENT_SIZES)) {
      assertThat(units.advice())
          .contains("percent or pixels")
          .endsWith("by 100, or by the width and the height of their images");
    }
  }

  @Test
  void boxesAsTheyShouldBeOrOfNoKindAreNot() {
    assertThat(of(0.1, 0.2, 0.5, 0.75, 0, 0, 1, 1.0001)).isEmpty();
    assertThat(of(0.9, 0.9, 0.5, 0.5)).isEmpty(); // neither corners nor sizes
    assertThat(of(-0.5, 0, 0.5, 0.5)).isEmpty();
    assertThat(of(0, 0, Double.NaN, 300)).isEmpty();
    assertThat(of()).isEmpty();
    assertThat(BoxUnits.of(Arrays.asList(null, List.of(1, 2)))).isEmpty();
  }
}
