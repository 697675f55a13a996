package io.boxwright.job.figures;

import static io.boxwright.job.figures.ImageBuilder.box;
import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.layout.BoundingBox;
import org.junit.jupiter.api.Test;

/** Judgements of the benchmarks on images with numbers of things. */
class CountingBenchmarksTest {

  private static final BoundingBox PLACE = box(0, 0, 20, 20);

  @Test
  void lmdSuppressesOverlappingDetectionsBeforeItCounts() {
    ImageBuilder image =
        ImageBuilder.image()
            .expect(Expectation.exactly(2, "cat"))
            .find("cat", 0.9, PLACE)
            .find("cat", 0.8, box(50, 50, 70, 70));

    assertThat(new Lmd().judge(image.build())).containsEntry("right", 1.0);
    assertThat(new Lmd().judge(image.find("cat", 0.7, box(5, 0, 25, 20)).build()))
        .containsEntry("right", 1.0);
    assertThat(new Lmd().judge(image.find("cat", 0.7, box(30, 0, 40, 20)).build()))
        .containsEntry("right", 0.0);
  }

  @Test
  void lmdAcceptsNoDetectionOfWhatMustNotOccur() {
    Expectation none = new Expectation("cat", null, 0, null, null, null);
    ImageBuilder image = ImageBuilder.image().expect(none).find("dog", 0.9, PLACE);

    assertThat(new Lmd().judge(image.build())).containsEntry("right", 1.0);
    assertThat(new Lmd().judge(image.find("cat", 0.2, PLACE).build())).containsEntry("right", 0.0);
  }

  @Test
  void nsrComparesCounts() {
    ImageBuilder image =
        ImageBuilder.image()
            .expect(Expectation.exactly(2, "cat"), Expectation.exactly(1, "dog"))
            .find("cat", 0.9, PLACE)
            .find("dog", 0.9, PLACE);

    assertThat(new Nsr1k().judge(image.build()))
        .containsEntry("things", 2.0)
        .containsEntry("things_right", 1.0)
        .containsEntry("counts_right", 0.0)
        .containsEntry("precision", 1.0)
        .containsEntry("recall", 2 / 3.0);
  }

  @Test
  void nsrComparisonsAcceptAnyNumberOnTheRightSide() {
    ImageBuilder image =
        ImageBuilder.image()
            .category("comparison")
            .expect(Expectation.exactly(1, "cat"), Expectation.exactly(2, "dog"))
            .find("cat", 0.9, PLACE)
            .find("dog", 0.9, PLACE);

    assertThat(new Nsr1k().judge(image.build())).containsEntry("counts_right", 0.0);
    for (int i = 0; i < 4; i++) {
      image.find("dog", 0.9, PLACE);
    }
    assertThat(new Nsr1k().judge(image.build()))
        .containsEntry("counts_right", 1.0)
        .containsEntry("things_right", 1.0)
        .doesNotContainKey("precision");
  }

  @Test
  void hrsCountsThingsThatHaveAnExactNumber() {
    EvaluatedImage image =
        ImageBuilder.image()
            .expect(Expectation.of("bird"))
            .find("bird", 0.9, PLACE)
            .expect(Expectation.exactly(1, "cat"), Expectation.exactly(3, "dog"))
            .find("cat", 0.9, PLACE)
            .find("cat", 0.9, PLACE)
            .find("dog", 0.9, PLACE)
            .build();

    assertThat(new Hrs().judge(image))
        .containsEntry("true_positives", 2.0)
        .containsEntry("found", 3.0)
        .containsEntry("wanted", 4.0);
  }

  @Test
  void hrsDoesNotJudgeAnImageWithoutNumbersAndRelations() {
    assertThat(new Hrs().judge(ImageBuilder.image().expect(Expectation.of("cat")).build()))
        .isEmpty();
  }

  @Test
  void genEvalCountsOnlyConfidentDetections() {
    ImageBuilder image =
        ImageBuilder.image()
            .category("counting")
            .expect(
                new Expectation("cat", 2, null, null, null, null),
                new Expectation("cat", 0, 2, null, null, null))
            .find("cat", 0.95, PLACE)
            .find("cat", 0.8, PLACE);

    assertThat(new GenEval(0.9).judge(image.build())).containsEntry("right", 0.0);
    assertThat(new GenEval(0.7).judge(image.build())).containsEntry("right", 1.0);
    assertThat(new GenEval(0.7).judge(image.find("cat", 0.9, PLACE).build()))
        .containsEntry("right", 0.0);
  }

  @Test
  void genEvalDoesNotJudgeColours() {
    Expectation red = new Expectation("cat", 1, null, "red", null, null);

    assertThat(new GenEval(0.9).judge(ImageBuilder.image().expect(red).build())).isEmpty();
  }
}
