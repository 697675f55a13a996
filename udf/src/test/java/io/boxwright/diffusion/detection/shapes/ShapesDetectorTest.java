package io.boxwright.diffusion.detection.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.DetectionFixtures;
import io.boxwright.diffusion.detection.DetectionFixtures.Tile;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShapesDetectorTest {

  private static final List<String> COLORS =
      List.of("red", "green", "blue", "yellow", "purple", "orange", "pink", "cyan");

  private final ShapesDetector detector = new ShapesDetector();

  static List<Tile> tiles() {
    return DetectionFixtures.tiles();
  }

  @ParameterizedTest
  @MethodSource("tiles")
  void findsWhatThePythonDetectorFinds(Tile tile) {
    List<String> labels = COLORS.stream().map(color -> color + " circle").toList();

    List<Detection> detections = detector.detect(tile.image(), labels);

    JsonNode expected = tile.expected().get("detections");
    assertThat(detections).hasSize(expected.size());
    for (Detection detection : detections) {
      String color = detection.query().split(" ")[0];
      assertSame(detection, expected.get(color), tile.image());
    }
  }

  private static void assertSame(Detection actual, JsonNode expected, BufferedImage image) {
    String shape = expected.get("shape").asText();
    assertThat(actual.right()).isEqualTo(shape.equals("circle"));
    assertThat(actual.label()).endsWith(" " + shape);
    assertThat(actual.score()).isCloseTo(expected.get("score").asDouble(), within(5e-3));
    double[] edges = {
      actual.box().xMin() * image.getWidth(),
      actual.box().yMin() * image.getHeight(),
      actual.box().xMax() * image.getWidth(),
      actual.box().yMax() * image.getHeight()
    };
    for (int i = 0; i < edges.length; i++) {
      assertThat(edges[i]).isCloseTo(expected.get("box").get(i).asDouble(), within(1e-9));
    }
  }

  @Test
  void whatHasAnotherShapeIsFoundAndNotRight() {
    List<Detection> detections =
        detector.detect(square(new Color(250, 130, 20)), List.of("an orange star"));

    assertThat(detections).extracting(Detection::label).containsExactly("an orange square");
    assertThat(detections).noneMatch(Detection::right);
  }

  @Test
  void whatHasAnotherColourIsNotFound() {
    BufferedImage image = square(new Color(40, 70, 225));

    assertThat(detector.detect(image, List.of("a red square"))).isEmpty();
    assertThat(detector.detect(image, List.of("a red square", "a blue square"))).hasSize(1);
  }

  private static BufferedImage square(Color color) {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(10, 10, 30, 30);
    graphics.dispose();
    return image;
  }

  @ParameterizedTest
  @ValueSource(strings = {"a red square", "an red square", "red square", " A Red SQUARE "})
  void labelsMayHaveAnArticle(String label) {
    List<Detection> detections = detector.detect(square(new Color(225, 30, 35)), List.of(label));

    assertThat(detections).extracting(Detection::query).containsExactly(label);
    assertThat(detections).allMatch(Detection::right);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a cat", "red", "a square", "a white square", "a red cat", "big red square"})
  void labelsOfOtherWorldsAreRefused(String label) {
    BufferedImage image = square(Color.RED);

    assertThatThrownBy(() -> detector.detect(image, List.of("a red square", label)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot look for '%s'", label)
        .hasMessageContainingAll("'a red circle'", "red, green", "circle, square");
  }
}
