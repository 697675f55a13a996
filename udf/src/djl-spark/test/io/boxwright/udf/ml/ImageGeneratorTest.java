package io.boxwright.udf.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.TinyModel;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageGeneratorTest {

  @TempDir static Path folder;

  private static SparkSession spark;
  private static Dataset<Row> prompts;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.session();
    prompts =
        spark
            .sql(
                "SELECT 'a cat' prompt, id seed, concat('row-', id) id, array('cat') phrases,"
                    + " array(array(0.1D, 0.2D, 0.5D, 0.6D)) bboxes FROM range(4)")
            .repartition(2);
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  /** Settings of one step. */
  private static GuidedImageTransformer settings() {
    return new GuidedImageTransformer()
        .setModelCache(folder.toString())
        .setDeviceType("cpu")
        .setNumInferenceSteps(1);
  }

  private static ImageGenerator predictor() {
    ImageGenerator predictor = new ImageGenerator(settings());
    predictor.setModelUrl(TinyModel.FOLDER.toString()).setBatchSize(2);
    return predictor;
  }

  private static List<Row> read(Dataset<Row> images) {
    return images.select("id", "status", "image.bytes").orderBy("id").collectAsList();
  }

  @Test
  void makesThePicturesOfTheTransformer() {
    Dataset<Row> expected =
        settings().setModelUrl(TinyModel.FOLDER.toString()).setBatchSize(2).transform(prompts);

    List<Row> images = read(predictor().generate(prompts));

    assertThat(images).hasSize(4).allMatch(row -> row.getString(1).equals("ok"));
    assertThat(images)
        .extracting(row -> (byte[]) row.get(2))
        .containsExactlyElementsOf(
            read(expected).stream().map(row -> (byte[]) row.get(2)).toList());
  }

  @Test
  void isAStageOfPipelines() {
    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {predictor()});

    Dataset<Row> images = pipeline.fit(prompts).transform(prompts);

    assertThat(images.schema()).isEqualTo(predictor().transformSchema(prompts.schema()));
    assertThat(images.count()).isEqualTo(4);
  }

  @Test
  void copiesHaveTheParamsAndTheExtraOnes() {
    ImageGenerator predictor = predictor();

    ImageGenerator copy = predictor.copy(new ParamMap().put(predictor.batchSize().w(1)));

    assertThat(copy.uid()).isEqualTo(predictor.uid());
    assertThat(copy.getOrDefault(copy.modelUrl())).isEqualTo(TinyModel.FOLDER.toString());
    assertThat(copy.getOrDefault(copy.batchSize())).isEqualTo(1);
  }

  @Test
  void wrongParamsAndColumnsAreNamed() {
    assertThatThrownBy(() -> new ImageGenerator(settings()).transform(prompts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("No model: set modelUrl");
    assertThatThrownBy(() -> predictor().transform(prompts.drop("prompt")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Invalid prompt column");
  }
}
