package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationOptions.AttentionMaps;
import io.boxwright.testing.TinyModel;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdherenceTest extends SqlSession {

  private static final String GUIDED = "mid_block.attentions.0.transformer_blocks.0.attn2";
  private static final String HELD_OUT = "down_blocks.1.attentions.0.transformer_blocks.0.attn2";

  private static final String LEFT = "array(0, 0, 0.5, 1)";
  private static final String RIGHT = "array(0.5, 0, 1, 1)";

  /** A map of 2x2 cells in SQL. */
  private static String map(int object, String layer, String values) {
    return ("named_struct('object', %d, 'label', 'cat', 'layer', '%s', 'height', 2, 'width', 2,"
            + " 'values', CAST(array(%s) AS ARRAY<FLOAT>))")
        .formatted(object, layer, values);
  }

  private static Row score(String attention, String boxes) {
    return select("SELECT boxwright.adherence(%s, %s)".formatted(attention, boxes));
  }

  private static String toJson(Row scores) {
    return scores.json();
  }

  @Test
  void scoresAMapAgainstABox() {
    Row scores =
        score(
            "array(%s)".formatted(map(0, GUIDED, "0.5, 0.25, 0.125, 0.125")),
            "array(" + LEFT + ")");

    assertThat(toJson(scores.getAs("guided")))
        .isEqualTo(
            "{\"in_box_mass\":0.625,\"lift\":1.25,\"iou\":0.3333333333333333,\"pointing\":1.0,"
                + "\"leakage\":0.0}");
    assertThat(scores.<Row>getList(scores.fieldIndex("objects")).get(0).<Row>getAs("guided"))
        .isEqualTo(scores.<Row>getAs("guided"));
    assertThat(toJson(scores.getAs("held_out")))
        .isEqualTo(
            "{\"in_box_mass\":null,\"lift\":null,\"iou\":null,\"pointing\":null,\"leakage\":null}");
  }

  @Test
  void otherBoxesGiveOtherScores() {
    String attention =
        "array(%s, %s)"
            .formatted(
                map(0, HELD_OUT, "0.5, 0.25, 0.125, 0.125"),
                map(1, HELD_OUT, "0.125, 0.25, 0.125, 0.5"));

    Row kept = score(attention, "array(%s, %s)".formatted(LEFT, RIGHT));
    Row swapped = score(attention, "array(%s, %s)".formatted(RIGHT, LEFT));

    assertThat(kept.<Row>getAs("held_out").<Double>getAs("in_box_mass")).isEqualTo(0.6875);
    assertThat(swapped.<Row>getAs("held_out").<Double>getAs("in_box_mass")).isEqualTo(0.3125);
    assertThat(kept.<Row>getAs("held_out").<Double>getAs("leakage")).isEqualTo(0.3125);
  }

  @Test
  void anObjectMayHaveSeveralBoxes() {
    String attention = "array(%s)".formatted(map(0, GUIDED, "0.5, 0.25, 0.125, 0.125"));

    Row scores = score(attention, "array(array(%s, %s))".formatted(LEFT, RIGHT));

    assertThat(scores.<Row>getAs("guided").<Double>getAs("in_box_mass")).isEqualTo(1);
  }

  /**
   * Generates with a real pipeline. The objects have one token each, so their scores do not depend
   * on whether maps or scores are averaged.
   */
  @Test
  void givesTheScoresOfGenerationForObjectsOfOneToken() {
    Dataset<Row> images =
        new GuidedImageGenerator()
            .setModelUrl(TinyModel.FOLDER.toString())
            .setModelCache(folder)
            .setDeviceType(DeviceType.CPU)
            .setOptions(
                GenerationOptions.defaults()
                    .withNumInferenceSteps(2)
                    .withAttentionMaps(AttentionMaps.KEEP))
            .generate(
                spark.sql(
                    "SELECT 'a cat and a dog and a cat' prompt, 5L seed, array(array(0.1D, 0.2D, 0.5D, 0.6D),"
                        + " array(0.6D, 0.1D, 0.9D, 0.4D), array(0.55D, 0.5D, 0.9D, 0.95D)) bboxes,"
                        + " array(array(2), array(5), array(2)) token_indices"));
    spark
        .createDataFrame(images.collectAsList(), images.schema())
        .createOrReplaceTempView("images");

    List<Row> rows =
        spark
            .sql(
                "SELECT again.guided, again.held_out, adherence.guided, adherence.held_out,"
                    + " again.objects[0].held_out, objects[0].held_out,"
                    + " again.objects[1].guided, objects[1].guided"
                    + " FROM (SELECT *, boxwright.adherence(attention, objects.boxes) again"
                    + " FROM images)")
            .collectAsList();

    assertThat(rows).hasSize(1);
    assertClose(rows.get(0).getStruct(0), rows.get(0).getStruct(2));
    assertClose(rows.get(0).getStruct(1), rows.get(0).getStruct(3));
    assertClose(rows.get(0).getStruct(4), rows.get(0).getStruct(5));
    assertClose(rows.get(0).getStruct(6), rows.get(0).getStruct(7));
  }

  private static void assertClose(Row actual, Row expected) {
    assertThat(actual.schema().fieldNames()).isEqualTo(expected.schema().fieldNames());
    for (String name : expected.schema().fieldNames()) {
      assertThat(actual.<Double>getAs(name)).as(name).isCloseTo(expected.getAs(name), within(1e-6));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NULL, array(array(0, 0, 1, 1))", "array(), NULL"})
  void nullGivesNull(String arguments) {
    assertThat(AdherenceTest.<Row>select("SELECT boxwright.adherence(%s)".formatted(arguments)))
        .isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "array(array(0, 0, 1, 1), array(0, 0, 1, 1)) | Invalid boxes: they are those of 2 objects,"
            + " but attention has maps of 1",
        "array(array(0, 0, 2, 1)) | Invalid boxes[0]: Invalid box: x_max is 2.0, but boxes are"
            + " relative to the image, 0..1",
        "array(array(array(0, 0, 1, 1), array(0, 0, 1))) | Invalid boxes[0][1]: 3 numbers, but a"
            + " box has 4: x_min, y_min, x_max, y_max",
        "array(CAST(NULL AS ARRAY<DOUBLE>)) | Invalid boxes[0]: there is no box",
        "array(CAST(array() AS ARRAY<ARRAY<DOUBLE>>)) | Invalid boxes[0]: there is no box"
      })
  void wrongBoxesAreNamed(String boxes, String message) {
    String attention = "array(%s)".formatted(map(0, GUIDED, "1, 0, 0, 0"));

    assertThat(catchFailure(() -> score(attention, boxes)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'height', 2, 'width', 2 | 'height', -2, 'width', -2 | its size is -2 x -2 cells",
        "'height', 2, 'width', 2 | 'height', 0, 'width', 2 | its size is 0 x 2 cells",
        "'height', 2, 'width', 2 | 'height', 65536, 'width', 65536 | its size is 65536 x 65536 cells",
        "'object', 0 | 'object', -1 | its object is -1, it must be from 0 to 499",
        "'object', 0 | 'object', 2147483647 | its object is 2147483647, it must be from 0 to 499",
        "1, 0, 0, 0 | 1, NULL, 0, 0 | values[1] is null, it must be finite and at least 0",
        "1, 0, 0, 0 | 1, 0, float('NaN'), 0 | values[2] is NaN, it must be finite and at least 0",
        "1, 0, 0, 0 | float('Infinity'), 0, 0, 0 | values[0] is Infinity, it must be finite and at least 0",
        "1, 0, 0, 0 | 1, 0, 0, -0.5 | values[3] is -0.5, it must be finite and at least 0"
      })
  void mapsThatNoGenerationSavesAreNamed(String good, String wrong, String message) {
    String attention = "array(%s)".formatted(map(0, GUIDED, "1, 0, 0, 0").replace(good, wrong));

    assertThat(catchFailure(() -> score(attention, "array(" + LEFT + ")")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid attention[0]: " + message);
  }

  @Test
  void wrongMapsAreNamed() {
    String good = map(0, GUIDED, "1, 0, 0, 0");
    String small = map(0, GUIDED, "1, 0");
    String nameless = map(0, GUIDED, "1, 0, 0, 0").replace("'" + GUIDED + "'", "string(NULL)");

    assertThat(
            catchFailure(
                () -> score("array(%s, %s)".formatted(good, small), "array(" + LEFT + ")")))
        .hasMessage("Invalid attention[1]: A map of 2 x 2 cells cannot have 2 values");
    assertThat(catchFailure(() -> score("array(%s)".formatted(nameless), "array(" + LEFT + ")")))
        .hasMessage("Invalid attention[0]: its layer is null");
  }
}
