package io.boxwright.udf.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.pipelines.GenerationOptions.AttentionMaps;
import java.util.List;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class ImageTableSchemaTest {

  private static final StructType PROMPTS = StructType.fromDDL("prompt STRING, mine INT");

  private static final String LAYERS =
      "STRUCT<in_box_mass: DOUBLE, lift: DOUBLE, iou: DOUBLE, pointing: DOUBLE, leakage: DOUBLE>";

  private static final String BEFORE_SCORES =
      "prompt STRING, mine INT, id STRING, seed BIGINT, image_index INT,"
          + " image STRUCT<bytes: BINARY, path: STRING>, width INT, height INT,"
          + " guidance STRUCT<loss_first: DOUBLE, loss_last: DOUBLE, guidance_iterations: INT>,";

  private static final String OBJECT =
      "label: STRING, token_indices: ARRAY<INT>, boxes: ARRAY<ARRAY<DOUBLE>>, guided: LAYERS,"
          + " held_out: LAYERS";

  private static final String AFTER_SCORES =
      "nsfw BOOLEAN, status STRING, error STRING, warnings ARRAY<STRING>, seconds DOUBLE";

  private static StructType schema(String ddl) {
    return StructType.fromDDL(ddl.replace("LAYERS", LAYERS));
  }

  @Test
  void withoutADetectorThereIsTheAdherence() {
    assertThat(ImageTableSchema.of(PROMPTS, AttentionMaps.DROP, ScoreColumns.withoutDetector()))
        .isEqualTo(
            schema(
                BEFORE_SCORES
                    + " adherence STRUCT<guided: LAYERS, held_out: LAYERS>,"
                    + " objects ARRAY<STRUCT<%s>>, ".formatted(OBJECT)
                    + AFTER_SCORES));
  }

  @Test
  void withADetectorItsScoresAreBesideThose() {
    assertThat(ImageTableSchema.of(PROMPTS, AttentionMaps.DROP, ScoreColumns.all()))
        .isEqualTo(
            schema(
                BEFORE_SCORES
                    + " adherence STRUCT<guided: LAYERS, held_out: LAYERS>,"
                    + " detection STRUCT<found: DOUBLE, `right`: DOUBLE, centre_in_box: DOUBLE,"
                    + " iou: DOUBLE, all_right: DOUBLE>,"
                    + " objects ARRAY<STRUCT<%s, detection: STRUCT<found: DOUBLE,".formatted(OBJECT)
                    + " `right`: DOUBLE, centre_in_box: DOUBLE, iou: DOUBLE, score: DOUBLE,"
                    + " box: ARRAY<DOUBLE>>>>, "
                    + AFTER_SCORES));
  }

  @Test
  void attentionMapsComeAfterTheObjects() {
    StructType schema = ImageTableSchema.of(PROMPTS, AttentionMaps.KEEP, List.of());

    assertThat(List.of(schema.fieldNames())).containsSubsequence("objects", "attention", "status");
  }

  @Test
  void tablesSayWhichScoresTheyHave() {
    StructType plain =
        ImageTableSchema.of(PROMPTS, AttentionMaps.DROP, ScoreColumns.withoutDetector());
    StructType detected = ImageTableSchema.of(PROMPTS, AttentionMaps.DROP, ScoreColumns.all());

    assertThat(ScoreColumns.in(plain)).isEqualTo(ScoreColumns.withoutDetector());
    assertThat(ScoreColumns.in(detected)).isEqualTo(ScoreColumns.all());
  }
}
