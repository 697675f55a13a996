package io.boxwright.job.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScatterPointsTest {

  @Test
  void manyObjectsAreSampledEvenlyAndAllOfThemCountForTheCorrelation() {
    List<ObjectNumbers> objects = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      objects.add(new ObjectNumbers(i / 100.0, null, 0.5, i / 100.0));
    }
    objects.add(new ObjectNumbers(0.5, 1.0, 0.5, null)); // it was not looked for

    ScatterPoints points = ScatterPoints.of(run(objects), 10).orElseThrow();

    assertThat(points.objects()).isEqualTo(100);
    assertThat(points.points())
        .hasSize(10)
        .startsWith(List.of(0.0, 0.0), List.of(0.1, 0.1))
        .endsWith(List.of(0.9, 0.9));
    assertThat(points.correlations())
        .extracting(ScatterPoints.Correlation::label, ScatterPoints.Correlation::spearman)
        .containsExactly(
            tuple("attention in the box", 1.0),
            tuple("IoU of the attention", null)); // all of them are equal
  }

  @Test
  void aRunWithoutBothNumbersHasNoPoints() {
    assertThat(ScatterPoints.of(Numbers.run(0, 0.5), 10)).isEmpty();
  }

  private static RunNumbers run(List<ObjectNumbers> objects) {
    return new RunNumbers(
        0,
        List.of(
            new ImageNumbers(
                new ImageKey("1", 0, "a prompt"),
                "file",
                null,
                true,
                0.5,
                1.0,
                0.5,
                null,
                objects)));
  }
}
