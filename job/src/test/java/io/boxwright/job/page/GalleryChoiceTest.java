package io.boxwright.job.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GalleryChoiceTest {

  /** Makes scores of many images: equal ones, after the given first ones. */
  private static RunNumbers many(int run, double... first) {
    return Numbers.run(
        run,
        DoubleStream.concat(Arrays.stream(first), DoubleStream.generate(() -> 0.5).limit(100))
            .toArray());
  }

  @Test
  void theBestAndTheWorstOfEachRunAndTheMostChangedAreChosen() {
    RunNumbers before = many(0, 0.1, 0.2, 0.5, 0.9);
    RunNumbers after = many(1, 0.8, 0.2, 0.1, 0.9);

    GalleryChoice choice = GalleryChoice.of(List.of(before, after));

    assertThat(choice.score()).contains(PageScore.IOU);
    assertThat(choice.images()).isEqualTo(104);
    assertThat(choice.rows())
        .extracting(row -> row.key().id(), GalleryChoice.ChosenRow::change)
        .startsWith(
            tuple("000", 0.8 - 0.1), tuple("001", 0.0), tuple("002", 0.1 - 0.5), tuple("003", 0.0));
    assertThat(choice.rows().get(0).worstOf()).containsExactly(0);
    assertThat(choice.rows().get(0).bestOf()).containsExactly(1);
    assertThat(choice.rows().get(0).groups()).containsExactly("best", "changed", "worst");
    assertThat(choice.rows().get(1).groups()).containsExactly("worst");
    assertThat(choice.rows().get(3).groups()).containsExactly("best");
    assertThat(choice.rows().get(3).bestOf()).containsExactly(0, 1);
  }

  @Test
  void noImageIsTheBestAndTheWorstOfARun() {
    GalleryChoice choice = GalleryChoice.of(List.of(many(0)));

    assertThat(choice.rows()).hasSize(48);
    assertThat(choice.rows()).allMatch(row -> row.groups().size() == 1);
  }

  @Test
  void fewImagesAreAllShownInNoGroup() {
    List<ImageNumbers> images =
        List.of(
            Numbers.image("1", null, 0.2),
            Numbers.image("2", null, null),
            Numbers.image("3", null, 0.4));

    GalleryChoice choice = GalleryChoice.of(List.of(new RunNumbers(0, images)));

    assertThat(choice.rows())
        .extracting(row -> row.key().id(), row -> row.groups().toString())
        .containsExactly(tuple("1", "[]"), tuple("2", "[unscored]"), tuple("3", "[]"));
    assertThat(choice.unscored()).isEqualTo(new Gallery.Unscored(0, 0));
  }

  @Test
  void manyImagesWithoutTheScoreAreCounted() {
    List<ImageNumbers> images = new ArrayList<>(many(0).images());
    images.add(Numbers.image("a", null, null));
    images.add(
        new ImageNumbers(
            new ImageKey("b", 0, "a prompt"),
            "file",
            null,
            true,
            null,
            null,
            null,
            null,
            List.of()));
    images.add(
        new ImageNumbers(
            new ImageKey("c", 0, "a prompt"),
            "file",
            null,
            false,
            null,
            null,
            null,
            null,
            List.of()));

    GalleryChoice choice = GalleryChoice.of(List.of(new RunNumbers(0, images)));

    assertThat(choice.images()).isEqualTo(102);
    assertThat(choice.unscored()).isEqualTo(new Gallery.Unscored(1, 1));
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
  void imagesWithoutALayoutAreChosenByWhetherTheyAreRight() {
    List<ImageNumbers> images =
        IntStream.range(0, 100).mapToObj(i -> Numbers.judged("%02d".formatted(i), i < 97)).toList();

    GalleryChoice choice = GalleryChoice.of(List.of(new RunNumbers(0, images)));

    assertThat(choice.score()).contains(PageScore.RIGHT);
    assertThat(choice.rows())
        .filteredOn(row -> row.groups().contains("worst"))
        .extracting(row -> row.key().id())
        .containsExactly("97", "98", "99");
    assertThat(choice.rows()).filteredOn(row -> row.groups().contains("best")).hasSize(24);
  }

  @Test
  void withoutDetectionsAttentionChoosesAndWithoutAnyScoreTheFirstImagesAreThere() {
    ImageNumbers attention =
        new ImageNumbers(
            new ImageKey("1", 0, "a prompt"), "file", null, true, 0.5, 2.0, null, null, List.of());

    assertThat(GalleryChoice.of(List.of(new RunNumbers(0, List.of(attention)))).score())
        .contains(PageScore.IN_BOX_MASS);

    List<ImageNumbers> plain =
        IntStream.range(0, 100)
            .mapToObj(i -> Numbers.image("%02d".formatted(99 - i), null, null))
            .toList();
    GalleryChoice choice = GalleryChoice.of(List.of(new RunNumbers(0, plain)));
    assertThat(choice.score()).isEmpty();
    assertThat(choice.rows())
        .hasSize(24)
        .extracting(row -> row.key().id(), row -> row.groups().toString())
        .startsWith(tuple("00", "[first]"), tuple("01", "[first]"));
  }
}
