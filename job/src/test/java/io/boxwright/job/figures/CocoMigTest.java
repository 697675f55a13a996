package io.boxwright.job.figures;

import static io.boxwright.job.figures.ImageBuilder.box;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CocoMigTest {

  private static final BoundingBox FIRST = box(0, 0, 40, 40);
  private static final BoundingBox SECOND = box(50, 50, 90, 90);

  @Test
  void aWrongColourTakesTheOverlapOfAnInstanceInItsPlace() {
    ImageBuilder image = redCatAndBlueDog().color(FIRST, "red", 0.19).color(SECOND, "blue", 0.2);

    Map<String, Double> values = new CocoMig().judge(image.build());

    assertThat(values)
        .containsEntry("instances", 2.0)
        .containsEntry("in_place", 2.0)
        .containsEntry("right", 1.0)
        .containsEntry("all_right", 0.0);
    assertThat(values.get("position_iou_sum")).isCloseTo(1.75, within(1e-9));
    assertThat(values.get("iou_sum")).isCloseTo(0.75, within(1e-9));
  }

  @Test
  void anInstanceOutOfPlaceKeepsItsOverlap() {
    EvaluatedImage image =
        ImageBuilder.image()
            .ask("a red cat", FIRST)
            .expect(colored("cat", "red"))
            .find("cat", 0.9, box(0, 0, 40, 10))
            .color(FIRST, "red", 0)
            .build();

    assertThat(new CocoMig().judge(image))
        .containsEntry("in_place", 0.0)
        .containsEntry("iou_sum", 0.25);
  }

  @Test
  void aPhraseBelongsToTheLongestLabelThatItHas() {
    EvaluatedImage image =
        ImageBuilder.image()
            .ask("A red cat bed", FIRST)
            .ask("a red cat", SECOND)
            .expect(colored("cat", "red"), colored("cat bed", "red"))
            .find("cat bed", 0.9, FIRST)
            .find("cat", 0.9, SECOND)
            .build();

    assertThat(new CocoMig().judge(image)).containsEntry("in_place", 2.0);
  }

  @Test
  void withoutMeasuredColoursThereAreOnlyPlaces() {
    assertThat(new CocoMig().judge(redCatAndBlueDog().color(FIRST, "red", 1).build()))
        .containsOnlyKeys("instances", "position_iou_sum", "in_place");
  }

  @Test
  void aPluralIsTheSameWord() {
    EvaluatedImage image =
        ImageBuilder.image()
            .ask("a red cat", FIRST)
            .ask("blue boxes", SECOND)
            .expect(colored("cats", "red"), colored("box", "blue"))
            .find("cats", 0.9, FIRST)
            .find("box", 0.9, SECOND)
            .build();

    assertThat(new CocoMig().judge(image)).containsEntry("in_place", 2.0);
  }

  @Test
  void aPhraseWithoutAnExpectationIsAnError() {
    EvaluatedImage image =
        ImageBuilder.image().ask("a red cat", FIRST).expect(colored("cat", "blue")).build();

    assertThatThrownBy(() -> new CocoMig().judge(image))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a red cat'");
  }

  private static ImageBuilder redCatAndBlueDog() {
    return ImageBuilder.image()
        .ask("a red cat", FIRST)
        .ask("a blue dog", SECOND)
        .expect(colored("cat", "red"), colored("dog", "blue"))
        .find("cat", 0.9, FIRST)
        .find("dog", 0.9, box(50, 50, 90, 80));
  }

  private static Expectation colored(String label, String color) {
    return new Expectation(label, null, null, color, null, null);
  }
}
