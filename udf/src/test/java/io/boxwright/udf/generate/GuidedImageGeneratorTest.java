package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationOptions.AttentionMaps;
import io.boxwright.testing.Fixtures;
import io.boxwright.udf.table.PromptTables;
import io.boxwright.udf.table.Seeding;
import java.io.ByteArrayInputStream;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuidedImageGeneratorTest extends GeneratedRows {

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
  void imagesOfAPromptMayShareAGenerator() {
    GuidedImageGenerator generator =
        generator().setModelUrl(Fixtures.sd1().toString()).setSeeding(Seeding.PROMPT);

    assertThat(
            generator
                .setNumImagesPerPrompt(3)
                .generate(spark.sql("select 'a cat' prompt, 5L seed"))
                .select("image_index", "seed")
                .collectAsList())
        .extracting(row -> row.getInt(0), row -> row.getLong(1))
        .containsExactly(tuple(0, 5L), tuple(1, 5L), tuple(2, 5L));
    assertThat(generator.settings()).containsEntry("seeding", "prompt");
    assertThat(generator.setSeeding(Seeding.IMAGE).settings()).doesNotContainKey("seeding");
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

  @Test
  void settingsTellTheStepsThatImagesDependOn() {
    GuidedImageGenerator generator = generator().setModelUrl(Fixtures.sd1().toString());
    GenerationOptions options = GenerationOptions.defaults();

    assertThat(generator.settings())
        .containsEntry("num_inference_steps", "50")
        .doesNotContainKeys("timesteps", "sigmas");
    assertThat(generator.setOptions(options.withTimesteps(List.of(999, 500))).settings())
        .containsEntry("timesteps", "[999, 500]")
        .doesNotContainKeys("num_inference_steps", "sigmas");
    assertThat(generator.setOptions(options.withSigmas(List.of(9.5, 0.0))).settings())
        .containsEntry("sigmas", "[9.5, 0.0]")
        .doesNotContainKeys("num_inference_steps", "timesteps");
  }
}
