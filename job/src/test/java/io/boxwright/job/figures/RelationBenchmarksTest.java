package io.boxwright.job.figures;

import static io.boxwright.job.figures.ImageBuilder.box;
import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Judgements of the benchmarks on images with relations. */
class RelationBenchmarksTest {

  private static final BoundingBox LEFT = box(0, 40, 20, 60);
  private static final BoundingBox MIDDLE = box(40, 40, 60, 60);
  private static final BoundingBox RIGHT = box(80, 40, 100, 60);

  @Test
  void visorAcceptsAnyPairButAsksForBothObjects() {
    ImageBuilder cat = catLeftOfDog().find("cat", 0.9, RIGHT);

    assertThat(new Visor().judge(cat.build()))
        .containsEntry("both_found", 0.0)
        .containsEntry("right", 0.0);
    assertThat(new Visor().judge(cat.find("dog", 0.9, MIDDLE).build()))
        .containsEntry("both_found", 1.0)
        .containsEntry("right", 0.0);
    assertThat(new Visor().judge(cat.find("cat", 0.2, LEFT).build())).containsEntry("right", 1.0);
  }

  @Test
  void anImageIsRightAsAWholeIfItsBenchmarkSaysSo() {
    assertThat(new Visor().isRight(Map.of("both_found", 1.0, "right", 0.0))).contains(false);
    assertThat(new GenEval(0.9).isRight(Map.of("right", 1.0))).contains(true);
    assertThat(new Lmd().isRight(Map.of())).isEmpty();
    assertThat(new Nsr1k().isRight(Map.of("relation_holds", 1.0))).contains(true);
    assertThat(new Nsr1k().isRight(Map.of("counts_right", 0.0, "recall", 0.5))).contains(false);
    assertThat(new Hrs().isRight(Map.of("sizes_right", 1.0))).contains(true);
    assertThat(new Hrs().isRight(Map.of("true_positives", 2.0, "found", 3.0, "wanted", 2.0)))
        .contains(false);
    assertThat(new Hrs().isRight(Map.of("true_positives", 2.0, "found", 2.0, "wanted", 2.0)))
        .contains(true);
    assertThat(new CocoMig().isRight(Map.of("in_place", 2.0, "instances", 2.0))).contains(true);
    assertThat(new CocoMig().isRight(Map.of("in_place", 2.0, "instances", 2.0, "all_right", 0.0)))
        .contains(false);
    assertThat(LayoutAccuracy.sevenBench().isRight(Map.of("mean_iou", 1.0))).isEmpty();
  }

  @Test
  void visorDoesNotJudgePromptsWithoutARelation() {
    assertThat(new Visor().judge(ImageBuilder.image().expect(Expectation.of("cat")).build()))
        .isEmpty();
  }

  @Test
  void lmdTakesTheDetectionsWithTheHighestScores() {
    ImageBuilder image =
        catLeftOfDog().find("cat", 0.2, LEFT).find("dog", 0.9, MIDDLE).find("cat", 0.8, RIGHT);

    assertThat(new Lmd().judge(image.build())).containsEntry("right", 0.0);
    assertThat(new Lmd().judge(image.find("cat", 0.9, LEFT).build())).containsEntry("right", 1.0);
  }

  @Test
  void nsrAcceptsLeftAndRightForNextTo() {
    ImageBuilder image =
        ImageBuilder.image()
            .expect("cat", Relation.NEXT_TO, 1)
            .expect(Expectation.of("dog"))
            .find("dog", 0.9, MIDDLE);

    assertThat(new Nsr1k().judge(image.find("cat", 0.5, box(40, 0, 60, 20)).build()))
        .containsEntry("relation_holds", 0.0);
    assertThat(new Nsr1k().judge(image.find("cat", 0.5, RIGHT).build()))
        .containsEntry("relation_holds", 1.0);
  }

  @Test
  void hrsAsksForAllThings() {
    ImageBuilder image =
        catLeftOfDog()
            .expect("bird", Relation.ABOVE, 0)
            .find("cat", 0.9, LEFT)
            .find("dog", 0.9, MIDDLE);

    assertThat(new Hrs().judge(image.build())).containsEntry("places_right", 0.0);
    assertThat(new Hrs().judge(image.find("bird", 0.9, box(0, 0, 9, 9)).build()))
        .containsEntry("places_right", 1.0);
  }

  @Test
  void hrsAsksForThingsWithoutARelationToo() {
    ImageBuilder image =
        catLeftOfDog()
            .expect(Expectation.of("tree"))
            .find("cat", 0.9, LEFT)
            .find("dog", 0.9, MIDDLE);

    assertThat(new Hrs().judge(image.build())).containsEntry("places_right", 0.0);
    assertThat(new Hrs().judge(image.find("tree", 0.2, RIGHT).build()))
        .containsEntry("places_right", 1.0);
  }

  @Test
  void hrsComparesAreas() {
    ImageBuilder image =
        ImageBuilder.image()
            .expect("cat", Relation.LARGER_THAN, 1)
            .expect(Expectation.of("dog"))
            .find("cat", 0.9, box(0, 0, 30, 30))
            .find("dog", 0.9, MIDDLE);

    assertThat(new Hrs().judge(image.build())).containsOnlyKeys("sizes_right");
    assertThat(new Hrs().judge(image.build())).containsEntry("sizes_right", 1.0);
  }

  @Test
  void genEvalLooksAtTheBestDetectionOnly() {
    ImageBuilder image =
        catLeftOfDog().find("cat", 0.5, LEFT).find("dog", 0.9, MIDDLE).find("cat", 0.4, RIGHT);

    assertThat(new GenEval(0.9).judge(image.build())).containsEntry("right", 1.0);
    assertThat(new GenEval(0.9).judge(image.find("cat", 0.6, RIGHT).build()))
        .containsEntry("right", 0.0);
  }

  private static ImageBuilder catLeftOfDog() {
    return ImageBuilder.image().expect("cat", Relation.LEFT_OF, 1).expect(Expectation.of("dog"));
  }
}
