package io.boxwright.job.figures;

import static io.boxwright.job.figures.ImageBuilder.box;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LayoutAccuracyTest {

  private final Benchmark benchmark = LayoutAccuracy.sevenBench();

  @Test
  void theDetectionThatOverlapsMostCountsAndNotTheOneWithTheHighestScore() {
    EvaluatedImage image =
        ImageBuilder.image()
            .ask("a cat", box(0, 0, 49, 49))
            .ask("a dog", box(50, 50, 99, 99))
            .find("a cat", 0.9, box(60, 60, 99, 99))
            .find("a cat", 0.2, box(0, 0, 49, 24))
            .find("a dog", 0.9, box(0, 0, 10, 10))
            .build();

    Map<String, Double> values = benchmark.judge(image);

    assertThat(values).containsEntry("accuracy@0.5", 0.5).containsEntry("accuracy@0.6", 0.0);
    assertThat(values.get("mean_iou")).isCloseTo((25.0 / 50 + 0) / 2, within(1e-12));
    assertThat(values.get("area"))
        .as("0.5 from 0.1 to 0.5, then down to 0 at 0.6")
        .isCloseTo(0.4 * 0.5 + 0.1 * 0.25, within(1e-12));
  }

  @Test
  void theMeanOverlapIsNotTheAuthors() {
    assertThat(benchmark.figures())
        .filteredOn(figure -> figure.source().startsWith("Boxwright; "))
        .extracting(FigureDefinition::name)
        .containsExactly("mean_iou");
  }

  @Test
  void everyBoxOfAPhraseCounts() {
    EvaluatedImage image =
        ImageBuilder.image()
            .ask("birds", box(0, 0, 19, 19), box(40, 40, 59, 59))
            .find("birds", 0.5, box(0, 0, 19, 19))
            .build();

    assertThat(benchmark.judge(image)).containsEntry("accuracy@0.9", 0.5);
  }

  @Test
  void anImageWithoutAnyDetectionIsWrongAtZeroToo() {
    EvaluatedImage empty = ImageBuilder.image().ask("a cat", box(0, 0, 9, 9)).build();
    EvaluatedImage elsewhere =
        ImageBuilder.image()
            .ask("a cat", box(0, 0, 9, 9))
            .find("a cat", 0.5, box(50, 50, 60, 60))
            .build();

    assertThat(LayoutAccuracy.cBench().judge(empty)).containsEntry("accuracy@0.0", 0.0);
    assertThat(LayoutAccuracy.cBench().judge(elsewhere)).containsEntry("accuracy@0.0", 1.0);
  }

  @Test
  void aPerfectImageHasTheWholeArea() {
    EvaluatedImage image =
        ImageBuilder.image()
            .ask("a cat", box(0, 0, 49, 49))
            .find("a cat", 0.5, box(0, 0, 49, 49))
            .build();

    assertThat(benchmark.judge(image).get("area")).isCloseTo(0.8, within(1e-12));
    assertThat(LayoutAccuracy.oBench().judge(image).get("area")).isCloseTo(1, within(1e-12));
  }

  @Test
  void anImageWithoutALayoutIsNotJudged() {
    assertThat(benchmark.judge(ImageBuilder.image().build())).isEmpty();
  }
}
