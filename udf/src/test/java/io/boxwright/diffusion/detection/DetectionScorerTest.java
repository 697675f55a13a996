package io.boxwright.diffusion.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.detection.DetectionFixtures.Tile;
import io.boxwright.diffusion.detection.shapes.ShapesDetector;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DetectionScorerTest {

  private static final BoundingBox LEFT = new BoundingBox(0, 0, 0.5, 1);
  private static final BoundingBox RIGHT = new BoundingBox(0.5, 0, 1, 1);
  private static final BoundingBox UPPER_RIGHT = new BoundingBox(0.6, 0, 1, 0.5);

  private static LayoutObject object(String label, BoundingBox... boxes) {
    return new LayoutObject(label, List.of(1), Arrays.asList(boxes));
  }

  private static LayoutDetection score(LayoutObject object, Detection... detections) {
    return new DetectionScorer(List.of(object)).score(Arrays.asList(detections));
  }

  static List<Tile> scenes() {
    return DetectionFixtures.tiles().stream().filter(tile -> tile.expected().has("means")).toList();
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void scoresAreThoseOfThePythonEvaluation(Tile scene) {
    JsonNode objects = scene.expected().get("objects");
    DetectionScorer scorer =
        new DetectionScorer(
            StreamSupport.stream(objects.spliterator(), false)
                .map(
                    object ->
                        object(
                            object.get("phrase").asText(),
                            DetectionFixtures.box(object.get("box"))))
                .toList());

    LayoutDetection scored =
        scorer.score(new ShapesDetector().detect(scene.image(), scorer.labels()));

    for (int i = 0; i < objects.size(); i++) {
      JsonNode expected = objects.get(i).get("scores");
      assertScores(
          scored.objects().get(i).scores(),
          expected.get(0).asDouble(),
          expected.get(1).asDouble(),
          expected.get(2).asDouble(),
          expected.get(3).asDouble());
    }
    JsonNode means = scene.expected().get("means");
    assertScores(
        scored.means(),
        means.get("found").asDouble(),
        means.get("right").asDouble(),
        means.get("centre").asDouble(),
        means.get("iou").asDouble());
    assertThat(scored.allRight()).isEqualTo(means.get("all_right").asDouble());
  }

  private static void assertScores(
      DetectionScores actual, double found, double right, double centreInBox, double iou) {
    assertThat(actual.found()).isCloseTo(found, within(1e-9));
    assertThat(actual.right()).isCloseTo(right, within(1e-9));
    assertThat(actual.centreInBox()).isCloseTo(centreInBox, within(1e-9));
    assertThat(actual.iou()).isCloseTo(iou, within(1e-9));
  }

  @Test
  void whatIsNotFoundScoresNothing() {
    LayoutDetection scored = score(object("cat", LEFT), new Detection("dog", "dog", 1, LEFT));

    assertThat(scored.means()).isEqualTo(DetectionScores.NOT_FOUND);
    assertThat(scored.objects().get(0).detection()).isEmpty();
    assertThat(scored.allRight()).isZero();
  }

  @Test
  void theBestDetectionOfALabelCounts() {
    Detection best = new Detection("cat", "cat", 0.8, RIGHT);

    LayoutDetection scored =
        score(
            object("cat", LEFT),
            new Detection("cat", "cat", 0.7, LEFT),
            best,
            new Detection("cat", "cat", 0.6, LEFT));

    assertThat(scored.objects().get(0).detection()).contains(best);
    assertThat(scored.means()).isEqualTo(new DetectionScores(1, 1, 0, 0));
  }

  @Test
  void anyBoxOfAnObjectWillDo() {
    LayoutDetection scored =
        score(object("cat", LEFT, UPPER_RIGHT, RIGHT), new Detection("cat", "cat", 1, RIGHT));

    assertThat(scored.means()).isEqualTo(new DetectionScores(1, 1, 1, 1));
  }

  @Test
  void allIsRightOnlyIfEveryObjectIsRightAndInItsBox() {
    List<LayoutObject> objects = List.of(object("cat", LEFT), object("dog", RIGHT));
    Detection cat = new Detection("cat", "cat", 1, LEFT);

    assertThat(allRight(objects, cat, new Detection("dog", "dog", 1, RIGHT))).isEqualTo(1);
    assertThat(allRight(objects, cat, new Detection("dog", "wolf", 1, RIGHT))).isZero();
    assertThat(allRight(objects, cat, new Detection("dog", "dog", 1, LEFT))).isZero();
    assertThat(allRight(objects, cat)).isZero();
  }

  private static double allRight(List<LayoutObject> objects, Detection... detections) {
    return new DetectionScorer(objects).score(Arrays.asList(detections)).allRight();
  }

  @Test
  void equalLabelsAreLookedForOnce() {
    assertThat(
            new DetectionScorer(
                    List.of(object("cat", LEFT), object("dog", LEFT), object("cat", RIGHT)))
                .labels())
        .containsExactly("cat", "dog");
  }
}
