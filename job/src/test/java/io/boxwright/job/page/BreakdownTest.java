package io.boxwright.job.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BreakdownTest {

  @Test
  void eachGroupHasItsMeansInEachRun() {
    RunNumbers first =
        new RunNumbers(
            0,
            List.of(
                Numbers.image("1", "b", 0.25),
                Numbers.image("2", "b", 0.75),
                Numbers.image("3", "a", null)));
    RunNumbers second = new RunNumbers(1, List.of(Numbers.image("1", "b", 1.0)));

    Breakdown breakdown = Breakdown.byCategory(List.of(first, second)).orElseThrow();

    assertThat(breakdown.groups()).extracting(Breakdown.Group::name).containsExactly("a", "b");
    assertThat(breakdown.groups().get(0).cells())
        .containsExactly(new Breakdown.Cell(0, 1, Map.of()));
    assertThat(breakdown.groups().get(1).cells())
        .containsExactly(
            new Breakdown.Cell(0, 2, Map.of("IOU", 0.5)),
            new Breakdown.Cell(1, 1, Map.of("IOU", 1.0)));
  }

  @Test
  void numbersOfObjectsAreInTheirOrder() {
    List<ImageNumbers> images =
        List.of(withObjects(12), withObjects(2), withObjects(10), withObjects(9));

    Breakdown breakdown = Breakdown.byObjects(List.of(new RunNumbers(0, images))).orElseThrow();

    assertThat(breakdown.groups())
        .extracting(Breakdown.Group::name)
        .containsExactly("2", "9", "10 or more");
    assertThat(breakdown.groups().get(2).cells().get(0).images()).isEqualTo(2);
  }

  @Test
  void oneGroupIsNone() {
    assertThat(Breakdown.byObjects(List.of(Numbers.run(0, 0.5, 0.6)))).isEmpty();
    assertThat(Breakdown.byCategory(List.of(Numbers.run(0, 0.5, 0.6)))).isEmpty();
  }

  @Test
  void groupsWithoutAnyScoreAreNone() {
    List<ImageNumbers> images =
        List.of(Numbers.image("1", "a", null), Numbers.image("2", "b", null));

    assertThat(Breakdown.byCategory(List.of(new RunNumbers(0, images)))).isEmpty();
  }

  @Test
  void manyGroupsAreCutToTheLargest() {
    List<ImageNumbers> images =
        IntStream.range(0, 100)
            .mapToObj(i -> Numbers.image("" + i, "%02d".formatted(i < 58 ? i : 57), 0.5))
            .toList();

    Breakdown breakdown = Breakdown.byCategory(List.of(new RunNumbers(0, images))).orElseThrow();

    assertThat(breakdown.groups())
        .hasSize(40)
        .last()
        .extracting(Breakdown.Group::name)
        .isEqualTo("57");
    assertThat(breakdown.leftOut()).isEqualTo(18);
  }

  private static ImageNumbers withObjects(int objects) {
    return new ImageNumbers(
        new ImageKey("" + objects, 0, "a prompt"),
        "file",
        null,
        true,
        null,
        null,
        0.5,
        null,
        IntStream.range(0, objects)
            .mapToObj(i -> new ObjectNumbers(null, null, null, 0.5))
            .toList());
  }
}
