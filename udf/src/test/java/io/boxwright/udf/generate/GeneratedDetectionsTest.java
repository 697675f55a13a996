package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.detection.LabelMode;
import io.boxwright.diffusion.detection.owlvit.OwlViTFactory;
import io.boxwright.diffusion.detection.owlvit.OwlViTVersion;
import io.boxwright.testing.DetectorFixtures;
import io.boxwright.testing.ModelCopy;
import io.boxwright.udf.executor.DetectorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Detectors at generation. */
class GeneratedDetectionsTest extends GeneratedRows {

  /** Looks for objects in an image that is all red. */
  private static Row detect(String columns) {
    return only(
        generator()
            .setDetector("shapes")
            .generate(spark.sql("select %s, %dL seed".formatted(columns, 0xE11E23))));
  }

  private static final String TWO_BOXES =
      "array(array(0D, 0D, 1D, 1D), array(0.5D, 0.5D, 1D, 1D)) bboxes";

  @Test
  void detectedObjectsAreScoredBesideTheAttention() {
    Row row =
        detect(
            "'a red square a blue star' prompt, "
                + TWO_BOXES
                + ", array('a red square', 'a blue star') phrases");

    assertThat(row.<Row>getAs("detection")).isEqualTo(RowFactory.create(0.5, 0.5, 0.5, 0.5, 0.0));
    assertThat(row.<Row>getAs("adherence")).isNotNull();
    List<Row> objects = row.getList(row.fieldIndex("objects"));
    Row square = objects.get(0).getAs("detection");
    assertThat(square.getDouble(square.fieldIndex("score"))).isEqualTo(1);
    assertThat(square.<Double>getList(square.fieldIndex("box")))
        .containsExactly(0.0, 0.0, 1.0, 1.0);
    assertThat(objects.get(1).<Row>getAs("detection"))
        .isEqualTo(RowFactory.create(0.0, 0.0, 0.0, 0.0, null, null));
  }

  @Test
  void objectsWithoutPhrasesAreLookedForByTheirTokens() {
    Row row =
        detect(
            "'a red square here' prompt, "
                + TWO_BOXES
                + ", array(array(2, 3), array(2, 3)) token_indices");

    Row object = row.<Row>getList(row.fieldIndex("objects")).get(0);
    assertThat(object.<String>getAs("label")).isEqualTo("red square");
    assertThat(row.<Row>getAs("detection").<Double>getAs("all_right")).isEqualTo(1);
  }

  @Test
  void objectsAreDetectedWithoutAttentionScores() {
    Row row =
        detect("'unscored a red square' prompt, " + BOX + " bboxes, array('a red square') phrases");

    assertThat(row.<Row>getAs("adherence")).isNull();
    assertThat(row.<Row>getAs("detection").<Double>getAs("right")).isEqualTo(1);
    Row object = row.<Row>getList(row.fieldIndex("objects")).get(0);
    assertThat(object.<String>getAs("label")).isEqualTo("a red square");
    assertThat(object.<Integer>getList(1)).hasSize(3);
    assertThat(object.<Row>getAs("guided")).isNull();
    assertThat(object.<Row>getAs("detection").<Double>getAs("found")).isEqualTo(1);
  }

  @Test
  void labelsThatTheDetectorDoesNotKnowAreWarnedOf() {
    Row row = detect("'a red cat' prompt, " + BOX + " bboxes, array('a red cat') phrases");

    assertThat(row.<String>getAs("status")).isEqualTo("ok");
    assertThat(row.<Row>getAs("detection")).isNull();
    Row object = row.<Row>getList(row.fieldIndex("objects")).get(0);
    assertThat(object.<Row>getAs("detection")).isNull();
    assertThat(row.<String>getList(row.fieldIndex("warnings")))
        .singleElement()
        .asString()
        .contains("Cannot look for 'a red cat'", "'a red circle'");
  }

  @Test
  void aFolderWithOwlViTIsADetector() {
    List<Row> rows =
        generator()
            .setDetector(DetectorFixtures.folder("owlvit").toString())
            .generate(
                spark.sql(
                    "select 'a red cat' prompt, id, "
                        + BOX
                        + " bboxes, array('a red cat') phrases"
                        + " from range(0, 3, 1, 1)"))
            .orderBy("id")
            .collectAsList();

    assertThat(rows).extracting(row -> row.<String>getAs("status")).containsOnly("ok");
    assertThat(rows)
        .extracting(row -> row.<Row>getAs("detection").<Double>getAs("found"))
        .contains(1.0);
  }

  @Test
  void plansHaveWhatDetectionsDependOn(@TempDir Path cache) throws Exception {
    Path folder = ModelCopy.of(DetectorFixtures.folder("owlvit"), cache.resolve("owl")).folder();
    Map<String, String> settings = detectWithOwlViT(folder, cache).settings();

    assertThat(settings)
        .containsEntry("detector", "owlvit")
        .containsEntry("detector_model", folder.toString())
        .containsEntry("detector_threshold", "0.3")
        .containsEntry("detector_labels", "TOGETHER");

    Files.writeString(folder.resolve("merges.txt"), "\n", StandardOpenOption.APPEND);

    assertThat(detectWithOwlViT(folder, cache).settings().get("detector_fingerprint"))
        .isNotEqualTo(settings.get("detector_fingerprint"));
  }

  private static GuidedImageGenerator detectWithOwlViT(Path folder, Path cache) {
    return generator()
        .setModelCache(cache)
        .setDetector(
            DetectorSpec.of(new OwlViTFactory(OwlViTVersion.OWLVIT), folder)
                .withThreshold(0.3)
                .withLabels(LabelMode.TOGETHER));
  }

  @Test
  void unknownDetectorsAreRefused() {
    assertThatThrownBy(() -> generator().setDetector("owl"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Unknown detector owl: choose one of none, shapes, or give the folder of a model");
  }

  @Test
  void plansNameTheDetector() {
    assertThat(generator().settings()).containsEntry("detector", "none");
    assertThat(generator().setDetector("shapes").settings()).containsEntry("detector", "shapes");
  }

  @Test
  void aLabelThatIsRefusedTakesNoOtherImageOfItsBatchWithIt() {
    List<Row> rows =
        generator()
            .setDetector("shapes")
            .generate(
                spark.sql(
                    "select concat('a red ', if(id = 1, 'cat', 'square')) prompt, id, "
                        + BOX
                        + " bboxes, array(if(id = 1, 'cat', 'red square')) phrases"
                        + " from range(0, 3, 1, 1)"))
            .orderBy("id")
            .collectAsList();

    assertThat(rows)
        .extracting(row -> row.<Row>getAs("detection") == null)
        .containsExactly(false, true, false);
  }

  @Test
  void withoutALayoutNothingIsDetected() {
    Row row = detect("'a red square' prompt");

    assertThat(row.<String>getAs("status")).isEqualTo("ok");
    assertThat(row.<Row>getAs("detection")).isNull();
    assertThat(row.<String>getList(row.fieldIndex("warnings"))).isEmpty();
  }
}
