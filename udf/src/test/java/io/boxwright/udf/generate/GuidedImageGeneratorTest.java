package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.boxwright.diffusion.detection.LabelMode;
import io.boxwright.diffusion.detection.owlvit.OwlViTFactory;
import io.boxwright.diffusion.detection.owlvit.OwlViTVersion;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationOptions.AttentionMaps;
import io.boxwright.testing.DetectorFixtures;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.ModelCopy;
import io.boxwright.testing.StubPipeline;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.table.PromptTables;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuidedImageGeneratorTest {

  private static final String BOX = "array(array(0.1D, 0.2D, 0.5D, 0.6D))";

  private static SparkSession spark;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.session();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  private static GuidedImageGenerator generator() {
    return new GuidedImageGenerator()
        .setModelUrl("stub")
        .setDeviceType(DeviceType.CPU)
        .setPipelineLoader(new StubPipeline.Loader());
  }

  private static Row only(Dataset<Row> table) {
    List<Row> rows = table.collectAsList();
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private static Row generate(String columns) {
    return only(generator().generate(spark.sql("select " + columns)));
  }

  @Test
  void imageTableHasImageScoresAndPromptColumns() throws Exception {
    Row row =
        generate(
            "'a red cat' prompt, array(array(0.1D, 0.2D, 0.5D, 0.6D)) bboxes,"
                + " array(array(2, 3)) token_indices, 'r1' id, 77L seed, 'mine' extra");

    assertThat(row.<String>getAs("status")).isEqualTo("ok");
    assertThat(row.<String>getAs("error")).isNull();
    assertThat(row.<String>getAs("extra")).isEqualTo("mine");
    assertThat(row.<Integer>getAs("width")).isEqualTo(16);
    Row image = row.getAs("image");
    assertThat(image.<String>getAs("path")).isEqualTo("r1_0.png");
    byte[] png = image.getAs("bytes");
    assertThat(ImageIO.read(new ByteArrayInputStream(png)).getRGB(0, 0) & 0xFFFFFF).isEqualTo(77);
    Row adherence = row.getAs("adherence");
    assertThat(adherence.<Row>getAs("guided"))
        .isEqualTo(RowFactory.create(0.5, 2.0, 0.25, 1.0, 0.125));
    assertThat(row.<Row>getAs("guidance")).isEqualTo(RowFactory.create(0.9, 0.1, 7));
    Row object = row.<Row>getList(row.fieldIndex("objects")).get(0);
    assertThat(object.<Integer>getList(1)).containsExactly(2, 3);
    assertThat(object.getList(2)).hasSize(1);
  }

  @Test
  void rowsWithoutBoxesArePlainAndHaveNoScore() {
    Row row = generate("'a cat' prompt");

    assertThat(row.<String>getAs("status")).isEqualTo("ok");
    assertThat(row.<Row>getAs("adherence")).isNull();
    assertThat(row.<Row>getAs("guidance")).isNull();
    assertThat(row.schema().fieldNames()).doesNotContain("attention", "detection");
  }

  @Test
  void entriesWithTheSameTokensAreBoxesOfOneObject() {
    Row row =
        generate(
            "'a cat a dog' prompt, array(array(0D, 0D, .5D, .5D), array(0D, 0D, 1D, 1D),"
                + " array(.5D, .5D, 1D, 1D)) bboxes, array(array(2), array(4), array(2))"
                + " token_indices, array('cat', 'dog', 'cat') phrases");

    List<Row> objects = row.getList(row.fieldIndex("objects"));
    assertThat(objects).extracting(object -> object.getString(0)).containsExactly("cat", "dog");
    assertThat(objects).extracting(object -> object.getList(2).size()).containsExactly(2, 1);
  }

  @Test
  void phrasesGiveTokenIndices() {
    Row row = generate("'a red star' prompt, " + BOX + " bboxes, array('red star') phrases");

    Row object = row.<Row>getList(row.fieldIndex("objects")).get(0);
    assertThat(object.<String>getAs("label")).isEqualTo("red star");
    assertThat(object.<Integer>getList(1)).containsExactly(2, 3);
  }

  @Test
  void narrowAndWideNumbersAreAccepted() {
    Row row =
        generate(
            "'a cat' prompt, array(array(0.25F, 0F, 1F, 1F)) bboxes,"
                + " array(array(2L)) token_indices, 5 seed, 12 id");

    assertThat(row.<String>getAs("status")).isEqualTo("ok");
    assertThat(row.<String>getAs("id")).isEqualTo("12");
    assertThat(row.<Long>getAs("seed")).isEqualTo(5);
  }

  @Test
  void missingIdsAndSeedsComeFromTheContent() {
    Row row = generate("'a cat' prompt");
    Row same = generate("'a cat' prompt, cast(null as string) id");
    Row other = generate("'a dog' prompt");

    assertThat(row.<String>getAs("id")).hasSize(16).isEqualTo(same.getAs("id"));
    assertThat(row.<Long>getAs("seed")).isBetween(0L, 0xFFFFFFFFL).isEqualTo(same.getAs("seed"));
    assertThat(other.<String>getAs("id")).isNotEqualTo(row.getAs("id"));
    assertThat(other.<Long>getAs("seed")).isNotEqualTo(row.<Long>getAs("seed"));
  }

  @Test
  void severalImagesPerPromptCountUpTheSeed() {
    Dataset<Row> table =
        generator()
            .setBatchSize(2)
            .setNumImagesPerPrompt(3)
            .generate(spark.sql("select 'a cat' prompt, 5L seed"));

    assertThat(table.select("image_index", "seed", "image.path").collectAsList())
        .extracting(row -> row.getInt(0), row -> row.getLong(1))
        .containsExactly(tuple(0, 5L), tuple(1, 6L), tuple(2, 7L));
  }

  @Test
  void imagesOfAPromptAreMadeAsTheyAreAskedFor() {
    Dataset<Row> table =
        generator()
            .setBatchSize(2)
            .setNumImagesPerPrompt(10_000)
            .generate(spark.sql("select 'a cat' prompt, 5L seed"));

    assertThat(table.select("seed").limit(3).collectAsList())
        .extracting(row -> row.getLong(0))
        .containsExactly(5L, 6L, 7L);
  }

  @Test
  void imagesOfAPromptHaveALimit() {
    assertThatThrownBy(() -> generator().setNumImagesPerPrompt(1_000_000_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid number of images per prompt: 1000000000 images, the limit is 10000");
  }

  @Test
  void idsThatAreNoFileNamesBecomeSome() {
    Row row = generate("'a cat' prompt, '../../../tmp/x' id");

    assertThat(row.<String>getAs("id")).isEqualTo("../../../tmp/x");
    assertThat(row.<Row>getAs("image").<String>getAs("path"))
        .matches("tmp_x--[0-9a-f]{32}_0\\.png");
  }

  /** Columns of a row, one of them not UTF-8, and the name of that one. */
  private static final String[][] INVALID_TEXTS = {
    {"string(unhex('C328')) prompt", "prompt"},
    {"string(unhex('EDA080')) prompt", "prompt"}, // half of a surrogate pair
    {"'a cat' prompt, string(unhex('61FF')) negative_prompt", "negative_prompt"},
    {"'a cat' prompt, string(unhex('61FF')) id", "id"},
    {
      "'a cat' prompt, array(array(0D, 0D, 1D, 1D), array(0D, 0D, 1D, 1D)) bboxes,"
          + " array('cat', string(unhex('FF'))) phrases",
      "phrases[1]"
    },
  };

  @Test
  void textThatIsNoUtf8IsARowError() {
    for (String[] invalid : INVALID_TEXTS) {
      Row row = generate(invalid[0]);

      assertThat(row.<String>getAs("status")).as(invalid[0]).isEqualTo("error");
      assertThat(row.<String>getAs("error"))
          .isEqualTo("Invalid %s: it is not valid UTF-8".formatted(invalid[1]));
      assertThat(row.schema().fieldNames()).noneMatch(name -> name.startsWith("_"));
    }
  }

  @Test
  void replacementCharactersThatStandInATextAreRight() {
    Row row = generate("'a cat \uFFFD \uD83D\uDC31' prompt, '\uFFFD' id");

    assertThat(row.<String>getAs("status")).isEqualTo("ok");
    assertThat(row.<String>getAs("id")).isEqualTo("\uFFFD");
  }

  @Test
  void rowsThatDifferInWrongBytesAloneHaveDifferentIds() {
    Dataset<Row> prompts =
        spark.sql(
            "select string(unhex(prompt)) prompt, string(unhex(id)) id from values"
                + " ('FF', null), ('FE', null), ('61', 'FF'), ('61', 'FE'), ('61', 'EFBFBD')"
                + " as t (prompt, id)");

    List<Row> rows = generator().generate(prompts).select("id", "status").collectAsList();

    assertThat(rows).extracting(row -> row.getString(0)).doesNotHaveDuplicates().hasSize(5);
    assertThat(PromptTables.addIdsAndSeeds(prompts).select("id").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrderElementsOf(rows.stream().map(row -> row.getString(0)).toList());
    assertThat(rows).filteredOn(row -> row.getString(1).equals("ok")).hasSize(1);
  }

  @Test
  void errorsAreOneShortLineWithoutSecrets() {
    Row row =
        generate(
            "'explode' || repeat('x', 5000) prompt, "
                + BOX
                + " bboxes, array('\u001b[2Jdog\nsecret=hidden') phrases");

    assertThat(row.<String>getAs("error"))
        .hasSizeBetween(990, 1000)
        .startsWith("phrase '\\u001B[2Jdog\\nsecret=***")
        .doesNotContain("hidden");
  }

  @Test
  void columnsOfOursAreRefusedInTables() {
    StructType schema = spark.sql("select 'x' prompt, 1 _boxwright_only_images").schema();

    assertThatThrownBy(() -> PromptTables.checkSchema(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Invalid _boxwright_only_images column", "rename it");
  }

  @Test
  void batchesReachAcrossRows() {
    Dataset<Row> table =
        generator()
            .setBatchSize(5)
            .setNumImagesPerPrompt(2)
            .generate(spark.sql("select 'a cat' prompt, id * 10 seed from range(0, 3, 1, 1)"));

    assertThat(table.select("seed").collectAsList())
        .extracting(row -> row.getLong(0))
        .containsExactly(0L, 1L, 10L, 11L, 20L, 21L);
  }

  @Test
  void seedsMayBeNegative() {
    Dataset<Row> table =
        generator().setNumImagesPerPrompt(2).generate(spark.sql("select 'a cat' prompt, -1L seed"));

    assertThat(table.select("seed", "status").collectAsList())
        .extracting(row -> row.getLong(0), row -> row.getString(1))
        .containsExactly(tuple(-1L, "ok"), tuple(0L, "ok"));
  }

  @Test
  void attentionMapsAreWrittenWhenAskedFor() {
    Row row =
        only(
            generator()
                .setOptions(GenerationOptions.defaults().withAttentionMaps(AttentionMaps.KEEP))
                .generate(
                    spark.sql("select 'a cat' prompt, " + BOX + " bboxes, array('cat') phrases")));

    Row map = row.<Row>getList(row.fieldIndex("attention")).get(0);
    assertThat(map.<String>getAs("label")).isEqualTo("cat");
    assertThat(map.<Float>getList(map.fieldIndex("values"))).containsExactly(0.25f, 0.75f);
  }

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

  /** Prompt, bboxes and token_indices of a bad row, and its error. */
  private static final String[][] BAD_ROWS = {
    {"null", "array(array(0, 0, 1, 1))", "array(array(1))", "prompt: it is null"},
    {"''", "array(array(0, 0, 1, 1))", "array(array(1))", "it is empty"},
    {
      "'a cat'",
      "array(array(0, 0, 1, 1))",
      "array(array(9))",
      "token index 9: the prompt has tokens 1 to "
    },
    {"'a cat'", "array(array(0, 0, 1, 1))", "array(array(0))", "token index 0: "},
    {"'a cat'", "array(array(0, 0, 1, 1))", "array(array(5000000000))", "5000000000"},
    {
      "'a cat'",
      "array(array(0, 0, 1, 1))",
      "array(array(1), array(2))",
      "1 bbox, but 2 in token_indices"
    },
    {"'a cat'", "array(array(0, 0, 1, 1))", "array()", "bboxes without token_indices"},
    {"'a cat'", "array()", "array(array(1))", "0 bboxes, but 1 in token_indices"},
    {"'a cat'", "array(array(0, 0, 1, 1))", "array(array())", "token_indices[0]: it is empty"},
    {"'a cat'", "array(array(0, 0, 1, 1))", "array(null)", "token_indices[0]: it is null"},
    {"'a cat'", "array(array(0, 0, null, 1))", "array(array(1))", "bboxes[0]: it is null"},
    {"'a cat'", "array(array(0, 0, 1))", "array(array(1))", "bboxes[0]: 3 numbers"},
    {"'a cat'", "array(array(double('NaN'), 0, 1, 1))", "array(array(1))", "x_min is not a number"},
    {
      "'a cat'",
      "array(array(0.5, 0, 0.1, 1))",
      "array(array(1))",
      "bboxes[0]: Invalid box: inverted"
    },
    {"'a cat'", "array(array(0.5, 0, 0.5, 1))", "array(array(1))", "zero area"},
    {"'a cat'", "array(array(0, 0, 1.5, 1))", "array(array(1))", "x_max is 1.5"},
    {"'overflow'", "array(array(0, 0, 1, 1))", "array(array(1))", "Non-finite latents"},
    {"'explode'", "array(array(0, 0, 1, 1))", "array(array(1))", "IllegalStateException: boom"},
  };

  @Test
  void badRowsHaveAnErrorAndTakeNoOtherRowWithThem() {
    Dataset<Row> prompts = goodRow(0);
    for (int i = 0; i < BAD_ROWS.length; i++) {
      prompts = prompts.union(badRow(i)).union(goodRow(i + 1));
    }

    List<Row> rows = generator().generate(prompts.coalesce(1)).collectAsList();

    assertThat(rows).hasSize(2 * BAD_ROWS.length + 1);
    for (Row row : rows) {
      String id = row.getAs("id");
      String error = row.getAs("error");
      if (id.startsWith("good")) {
        assertThat(row.<String>getAs("status")).as(id).isEqualTo("ok");
      } else {
        assertThat(row.<String>getAs("status")).as(id).isEqualTo("error");
        assertThat(error).contains(BAD_ROWS[Integer.parseInt(id)][3]);
        assertThat(row.<Row>getAs("image")).as(id).isNull();
      }
    }
  }

  private static Dataset<Row> badRow(int i) {
    return row(BAD_ROWS[i][0], BAD_ROWS[i][1], BAD_ROWS[i][2], String.valueOf(i));
  }

  private static Dataset<Row> goodRow(int i) {
    return row("'a cat'", "null", "null", "good" + i);
  }

  private static Dataset<Row> row(String prompt, String bboxes, String tokens, String id) {
    return spark.sql(
        ("select cast(%s as string) prompt, cast(%s as array<array<double>>) bboxes,"
                + " cast(%s as array<array<bigint>>) token_indices, '%s' id")
            .formatted(prompt, bboxes, tokens, id));
  }

  @Test
  void aPhraseThatDoesNotOccurIsARowError() {
    Row row = generate("'a cat' prompt, " + BOX + " bboxes, array('dog') phrases");

    assertThat(row.<String>getAs("error")).contains("'dog'", "'a cat'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'x' text                                          | Invalid prompt column: it is missing; the table has text
          1 prompt                                          | Invalid prompt column: it is int, but must be string
          'x' prompt, 'y' seed                              | Invalid seed column: it is string, but must be bigint
          'x' prompt, 1.5D id                               | Invalid id column: it is double
          'x' prompt, 1 negative_prompt                     | Invalid negative_prompt column
          'x' prompt, array(1D) bboxes, array('x') phrases  | Invalid bboxes column: it is array<double>
          'x' prompt, array(array(1D)) bboxes, 'x' phrases  | Invalid phrases column
          'x' prompt, array(array(1D)) bboxes, array(array(1D)) token_indices | Invalid token_indices column
          'x' prompt, array(array(1D)) bboxes               | Invalid token_indices column: it is missing
          'x' prompt, array('x') phrases                    | Invalid bboxes column: it is missing
          'x' prompt, 'ok' status                           | Invalid columns: the image table has columns of its own named status; rename
          'x' prompt, 'ok' Status, 1 w, 'x' IMAGE, 2 width  | columns of its own named Status, IMAGE, width; rename them
          'x' prompt, 'ok' ID                               | Invalid ID column: its name must be spelled id
          'x' Prompt                                        | Invalid Prompt column: its name must be spelled prompt
          """)
  void wrongColumnsAreRefusedByNameBeforeAnyTask(String columns, String message) {
    Dataset<Row> prompts = spark.sql("select " + columns);

    assertThatThrownBy(() -> generator().generate(prompts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void anExecutorLoadsOncePerDeviceForAllTasksAndJobs() {
    Dataset<Row> prompts = spark.range(8).selectExpr("'a cat' prompt").repartition(8);
    GuidedImageGenerator generator = generator().setModelUrl("loaded once");

    generator.generate(prompts).collectAsList();
    assertThat(generator.monitor().loads()).containsExactly("executor driver on cpu");
    generator.generate(prompts).collectAsList();
    assertThat(generator.monitor().loads()).isEmpty();
  }
}
