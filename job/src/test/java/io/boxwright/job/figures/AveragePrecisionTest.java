package io.boxwright.job.figures;

import static io.boxwright.job.figures.ImageBuilder.box;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.List;
import org.junit.jupiter.api.Test;

class AveragePrecisionTest {

  private static final BoundingBox FIRST = box(0, 0, 40, 40);
  private static final BoundingBox SECOND = box(50, 50, 90, 90);
  private static final BoundingBox NOWHERE = box(0, 60, 20, 80);

  @Test
  void perfectDetectionsHavePrecisionOne() {
    EvaluatedImage image =
        ImageBuilder.image()
            .ask("cat", FIRST, SECOND)
            .find("cat", 0.9, FIRST)
            .find("cat", 0.8, SECOND)
            .build();

    assertThat(figure("AP", image)).isEqualTo(1);
  }

  @Test
  void aWrongDetectionBetweenTwoRightOnesCostsTheSecondHalf() {
    EvaluatedImage image =
        ImageBuilder.image()
            .ask("cat", FIRST, SECOND)
            .find("cat", 0.9, FIRST)
            .find("cat", 0.8, NOWHERE)
            .find("cat", 0.7, SECOND)
            .build();

    assertThat(figure("AP50", image))
        .as("51 recalls up to 0.5 with precision 1, 50 with 2/3")
        .isCloseTo((51 + 50 * 2 / 3.0) / 101, within(1e-12));
  }

  @Test
  void aBoxMatchesOnlyOneDetection() {
    EvaluatedImage image =
        ImageBuilder.image()
            .ask("cat", FIRST)
            .ask("dog", SECOND)
            .find("cat", 0.9, FIRST)
            .find("cat", 0.8, FIRST)
            .build();

    assertThat(figure("AP50", image)).as("cat 1, dog 0").isEqualTo(0.5);
    assertThat(new AveragePrecision().judge(image))
        .containsEntry("matched@0.5", 1.0)
        .containsEntry("boxes", 2.0);
  }

  @Test
  void detectionsWithEqualScoresRankInTheOrderOfTheImages() {
    EvaluatedImage wrongFirst =
        new ImageBuilder("1", 0).find("cat", 0.5, FIRST).ask("dog", SECOND).build();
    EvaluatedImage right =
        new ImageBuilder("2", 0).find("cat", 0.5, FIRST).ask("cat", FIRST).build();

    assertThat(figure("AP50", wrongFirst, right)).as("cat 1/2, dog 0").isEqualTo(0.25);
  }

  @Test
  void theOverlapDecidesAtWhichThresholdsADetectionIsRight() {
    EvaluatedImage image =
        ImageBuilder.image().ask("cat", FIRST).find("cat", 0.9, box(0, 0, 40, 33)).build();

    assertThat(figure("AP50", image)).isEqualTo(1);
    assertThat(figure("AP75", image)).as("IoU 0.825").isEqualTo(1);
    assertThat(figure("AP", image)).as("0.50 to 0.80").isCloseTo(0.7, within(1e-9));
  }

  @Test
  void detectionsOfLabelsThatNoLayoutAsksForDoNotCount() {
    EvaluatedImage image =
        ImageBuilder.image()
            .ask("cat", FIRST)
            .find("cat", 0.8, FIRST)
            .find("dog", 0.9, SECOND)
            .build();

    assertThat(figure("AP", image)).isEqualTo(1);
  }

  @Test
  void onlyTheHundredBestDetectionsOfAnImageCount() {
    ImageBuilder image = ImageBuilder.image().ask("cat", FIRST);
    for (int i = 0; i < 100; i++) {
      image.find("cat", 0.9, NOWHERE);
    }

    assertThat(figure("AP", image.find("cat", 0.8, FIRST).build())).isZero();
  }

  private static double figure(String name, EvaluatedImage... images) {
    return new FigureCalculator(new Bootstrap(1, 1))
        .calculate(new AveragePrecision(), List.of(images)).figures().stream()
            .filter(figure -> figure.name().equals(name) && figure.category() == null)
            .findFirst()
            .orElseThrow()
            .value();
  }
}
