package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.detection.owlvit.OwlViTFactory;
import io.boxwright.diffusion.detection.owlvit.OwlViTVersion;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.testing.DetectorFixtures;
import io.boxwright.testing.ModelCopy;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetectObjectsTest extends SqlSession {

  /** A red square in the top left quarter, on white. */
  private static final String RED_SQUARE = toLiteral(PngEncoder.encode(makePicture()));

  private static BufferedImage makePicture() {
    BufferedImage picture = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, 64, 64);
    graphics.setColor(new Color(0xE11E23));
    graphics.fillRect(0, 0, 32, 32);
    graphics.dispose();
    return picture;
  }

  private static Object call(String arguments) {
    return select("SELECT boxwright.detect_objects(%s)".formatted(arguments));
  }

  private static List<Row> detect(String arguments) {
    return spark
        .sql("SELECT inline(boxwright.detect_objects(%s))".formatted(arguments))
        .collectAsList();
  }

  @Test
  void givesWhatIsFoundForEachLabel() {
    List<Row> found =
        detect("'shapes', %s, array('a blue star', 'a red square')".formatted(RED_SQUARE));

    assertThat(found).hasSize(1);
    assertThat(found.get(0).schema().fieldNames())
        .containsExactly("label", "seen_as", "score", "box");
    assertThat(found.get(0).getString(0)).isEqualTo("a red square");
    assertThat(found.get(0).getString(1)).isEqualTo("a red square");
    assertThat(found.get(0).getDouble(2)).isCloseTo(1, within(0.05));
    assertThat(found.get(0).<Double>getList(3)).containsExactly(0.0, 0.0, 0.5, 0.5);
  }

  @Test
  void saysWhatTheDetectorTakesAnObjectFor() {
    List<Row> found = detect("'shapes', %s, array('a red circle')".formatted(RED_SQUARE));

    assertThat(found.get(0).getString(0)).isEqualTo("a red circle");
    assertThat(found.get(0).getString(1)).isEqualTo("a red square");
  }

  @Test
  void equalLabelsAreLookedForOnceAndNoneFindNothing() {
    String twice = "'shapes', %s, array('a red square', 'a red square')";

    assertThat(detect(twice.formatted(RED_SQUARE))).hasSize(1);
    assertThat(detect("'shapes', %s, array()".formatted(RED_SQUARE))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NULL, X'00', array('a red square')",
        "'shapes', NULL, array('a red square')",
        "'shapes', X'00', NULL"
      })
  void nullGivesNull(String arguments) {
    assertThat(call(arguments)).isNull();
  }

  @Test
  void readsColumnsInTasks() {
    assertThat(
            DetectObjectsTest.<Long>select(
                "SELECT count_if(boxwright.detect_objects('shapes', IF(id = 7, NULL, %s),"
                        .formatted(RED_SQUARE)
                    + " array('a red square'))[0].box[2] = 0.5) FROM range(0, 20, 1, 4)"))
        .isEqualTo(19);
  }

  @Test
  void aFolderOfAModelIsADetector() throws Exception {
    Path model = folder.resolve("owlvit");
    ModelCopy.of(DetectorFixtures.folder("owlvit"), model);
    JsonNode testCase = DetectorFixtures.cases("owlvit").get(1); // some labels are found twice
    BufferedImage image = DetectorFixtures.image(DetectorFixtures.imageName(testCase));
    List<String> labels = DetectorFixtures.labels(testCase);

    List<Row> found =
        spark
            .sql(
                "SELECT inline(boxwright.detect_objects('%s', png, array('%s'))) FROM (SELECT %s png"
                        .formatted(
                            model, String.join("', '", labels), toLiteral(PngEncoder.encode(image)))
                    + " FROM range(1))")
            .collectAsList();

    List<Detection> expected = detectOutsideOfSpark(model, image, labels);
    assertThat(found).hasSameSizeAs(expected).isNotEmpty();
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).getString(0)).isEqualTo(expected.get(i).query());
      assertThat(found.get(i).getDouble(2)).isCloseTo(expected.get(i).score(), within(1e-6));
      assertThat(found.get(i).<Double>getList(3).get(2))
          .isCloseTo(expected.get(i).box().xMax(), within(1e-6));
    }
  }

  /** What the detector finds, by label and then from the highest score down. */
  private static List<Detection> detectOutsideOfSpark(
      Path model, BufferedImage image, List<String> labels) {
    try (ObjectDetector detector =
        new OwlViTFactory(OwlViTVersion.OWLVIT).load(DetectorOptions.cpu(model))) {
      return detector.detect(image, labels).stream()
          .sorted(
              Comparator.comparingInt((Detection one) -> labels.indexOf(one.query()))
                  .thenComparing(one -> -one.score()))
          .toList();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "shapes | array('a red square', NULL) | Invalid labels[1]: it is null",
        "none   | array('a red square') | Invalid detector: none looks for nothing",
        "''     | array('a red square') | Unknown detector '': choose one of none, shapes, or give"
            + " the folder of a model",
        "faces  | array('a red square') | Unknown detector faces: choose one of none, shapes, or"
            + " give the folder of a model",
        "shapes | array(repeat('a', 1001)) | Invalid labels[0]: 1001 characters, the limit is 1000"
      })
  void theWrongValueIsNamed(String detector, String labels, String message) {
    assertThat(catchFailure(() -> call("'%s', %s, %s".formatted(detector, RED_SQUARE, labels))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aLabelThatTheDetectorDoesNotKnowIsNamed() {
    assertThat(catchFailure(() -> call("'shapes', %s, array('a\\ncat')".formatted(RED_SQUARE))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot look for 'a\\ncat': ");
  }
}
