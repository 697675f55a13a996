package io.boxwright.job.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GalleryChoiceTest {

  @Test
  void theBestAndTheWorstOfEachRunAndTheMostChangedAreChosen() {
    RunNumbers before = Numbers.run(0, 0.1, 0.2, 0.3, 0.9);
    RunNumbers after = Numbers.run(1, 0.8, 0.2, 0.1, 0.9);

    GalleryChoice choice = GalleryChoice.of(List.of(before, after));

    assertThat(choice.score()).contains(PageScore.IOU);
    assertThat(choice.rows())
        .extracting(row -> row.key().id(), GalleryChoice.ChosenRow::change)
        .containsExactly(
            tuple("00", 0.8 - 0.1), tuple("01", 0.0), tuple("02", 0.1 - 0.3), tuple("03", 0.0));
    assertThat(choice.rows().get(0).worstOf()).containsExactly(0);
    assertThat(choice.rows().get(0).bestOf()).containsExactly(1);
    assertThat(choice.rows().get(0).groups()).containsExactly("best", "changed", "worst");
    assertThat(choice.rows().get(1).groups()).containsExactly("worst");
    assertThat(choice.rows().get(3).groups()).containsExactly("best");
    assertThat(choice.rows().get(3).bestOf()).containsExactly(0, 1);
  }

  @Test
  void manyRunsHaveFewerImagesEach() {
    double[] scores = IntStream.range(0, 500).mapToDouble(i -> i / 500.0).toArray();
    List<RunNumbers> runs = new ArrayList<>();
    for (int run = 0; run < 8; run++) {
      int shift = 60 * run;
      runs.add(
          Numbers.run(
              run, IntStream.range(0, 500).mapToDouble(i -> scores[(i + shift) % 500]).toArray()));
    }

    assertThat(GalleryChoice.of(runs.subList(0, 1)).rows()).hasSize(48);
    assertThat(GalleryChoice.of(runs.subList(0, 2)).rows()).hasSizeBetween(48, 72);
    assertThat(GalleryChoice.of(runs).rows()).hasSizeBetween(28, 44);
  }

  @Test
  void withoutDetectionsAttentionChoosesAndWithoutAnyScoreTheFirstImagesAreThere() {
    ImageNumbers attention =
        new ImageNumbers(new ImageKey("1", 0), "file", null, true, 0.5, 2.0, null, List.of());

    assertThat(GalleryChoice.of(List.of(new RunNumbers(0, List.of(attention)))).score())
        .contains(PageScore.IN_BOX_MASS);

    List<ImageNumbers> plain =
        List.of(Numbers.image("2", null, null), Numbers.image("1", null, null));
    GalleryChoice choice = GalleryChoice.of(List.of(new RunNumbers(0, plain)));
    assertThat(choice.score()).isEmpty();
    assertThat(choice.rows())
        .extracting(row -> row.key().id(), row -> row.groups().toString())
        .containsExactly(tuple("1", "[first]"), tuple("2", "[first]"));
  }
}
