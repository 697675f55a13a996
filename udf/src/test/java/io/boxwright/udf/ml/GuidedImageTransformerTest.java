package io.boxwright.udf.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.guidance.Guidances;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.TinyModel;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuidedImageTransformerTest {

  @TempDir static Path folder;

  private static SparkSession spark;
  private static Dataset<Row> prompts;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.session();
    prompts =
        spark.sql(
            "SELECT 'a cat' prompt, 5L seed, array('cat') phrases,"
                + " array(array(0.1D, 0.2D, 0.5D, 0.6D)) bboxes, 'mine' extra");
  }

  private static final String LORA = Fixtures.path("loras/peft.safetensors").toString();

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  /** A stage with the tiny model and one step. */
  private static GuidedImageTransformer stage() {
    return new GuidedImageTransformer()
        .setModelUrl(TinyModel.FOLDER.toString())
        .setModelCache(folder.toString())
        .setDeviceType("cpu")
        .setNumInferenceSteps(1);
  }

  private static byte[] makePicture(Dataset<Row> images) {
    return (byte[]) images.select("image.bytes").collectAsList().get(0).get(0);
  }

  @Test
  void makesThePicturesOfTheGenerator() {
    Dataset<Row> expected =
        new GuidedImageGenerator()
            .setModelUrl(TinyModel.FOLDER.toString())
            .setModelCache(folder)
            .setDeviceType(DeviceType.CPU)
            .setLoras(List.of(LORA + ":0.5"))
            .setOptions(
                GenerationOptions.defaults()
                    .withNumInferenceSteps(1)
                    .withGuidanceScale(3)
                    .withGuidanceRescale(0.5)
                    .withCutoffStepRatio(0.5)
                    .withClipSkip(1))
            .setGuidance(Guidances.of("paper").with("loss_scale", 45))
            .generate(prompts);

    Dataset<Row> images =
        stage()
            .setLoras(new String[] {LORA + ":0.5"})
            .setGuidanceScale(3)
            .setGuidanceRescale(0.5)
            .setCutoffStepRatio(0.5)
            .setClipSkip(1)
            .setGuidance("paper")
            .setGuidanceOptions(new String[] {"loss_scale=45"})
            .transform(prompts);

    byte[] picture = makePicture(images);
    assertThat(picture).isEqualTo(makePicture(expected));
    assertThat(picture).isNotEqualTo(makePicture(stage().transform(prompts)));
  }

  @Test
  void theSchemaIsThatOfTheTable() {
    GuidedImageTransformer stage = stage().setAttentionMaps("keep").setDetector("shapes");

    assertThat(stage.transformSchema(prompts.schema()))
        .isEqualTo(stage.transform(prompts).schema());
    assertThat(stage.transformSchema(prompts.schema()).fieldNames())
        .contains("extra", "id", "image", "attention", "detection");
    assertThat(stage().transformSchema(prompts.schema()).fieldNames())
        .doesNotContain("attention", "detection");
  }

  @Test
  void defaultsAreThoseOfTheGenerator() {
    GuidedImageTransformer stage = new GuidedImageTransformer();

    assertThat(stage.getNumInferenceSteps()).isEqualTo(50);
    assertThat(stage.getGuidanceScale()).isEqualTo(7.5);
    assertThat(stage.getBatchSize()).isEqualTo(new GuidedImageGenerator().batchSize().rows());
    assertThat(stage.getDeviceType()).isEqualTo("auto");
    assertThat(stage.getDetector()).isEqualTo("none");
    assertThat(stage.getSafetyCheck()).isEqualTo("model");
    assertThat(stage.isDefined(stage.modelUrl())).isFalse();
  }

  /** Every param, by its setter and its getter. */
  @Test
  void paramsHaveTheNamesOfTheirSettersAndGetters() throws Exception {
    GuidedImageTransformer stage = new GuidedImageTransformer();

    assertThat(stage.params())
        .extracting(Param::name)
        .containsExactlyInAnyOrder(
            "modelUrl",
            "tokenizer",
            "modelCache",
            "deviceType",
            "weightType",
            "variant",
            "loras",
            "textualInversions",
            "safetyCheck",
            "ipAdapter",
            "imageEncoder",
            "ipAdapterScale",
            "height",
            "width",
            "numInferenceSteps",
            "timesteps",
            "sigmas",
            "guidanceScale",
            "guidanceRescale",
            "cutoffStepRatio",
            "cacheInterval",
            "clipSkip",
            "eta",
            "scheduler",
            "predictionType",
            "attentionMaps",
            "batchShape",
            "guidance",
            "guidanceOptions",
            "batchSize",
            "batchTimeout",
            "numImagesPerPrompt",
            "seeding",
            "detector");
    for (Param<?> param : stage.params()) {
      String name = param.name().substring(0, 1).toUpperCase() + param.name().substring(1);
      Class<?> type = stage.getClass().getMethod("get" + name).getReturnType();
      Object value = sampleOf(type);
      stage.getClass().getMethod("set" + name, type).invoke(stage, value);
      assertThat(stage.getClass().getMethod("get" + name).invoke(stage)).as(name).isEqualTo(value);
      assertThat(stage.getOrDefault(param)).as(name).isEqualTo(value);
    }
  }

  private static Object sampleOf(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "int" -> 3;
      case "double" -> 0.5;
      case "int[]" -> new int[] {999, 1};
      case "double[]" -> new double[] {14.6, 0};
      case "String[]" -> new String[] {"a=1"};
      default -> "text";
    };
  }

  @Test
  void tokenizerAndPredictionTypeAreChecked() {
    assertThatThrownBy(() -> stage().setTokenizer("words").transform(prompts))
        .hasMessageContaining("Cannot use the tokenizer words");
    assertThatThrownBy(() -> stage().setPredictionType("eps").transform(prompts))
        .hasMessageContaining("prediction_type is eps");
  }

  @Test
  void copiesHaveTheParamsAndTheExtraOnes() {
    GuidedImageTransformer stage = stage().setScheduler("DDIMScheduler");

    GuidedImageTransformer copy = stage.copy(new ParamMap().put(stage.eta().w(0.5)));

    assertThat(copy.uid()).isEqualTo(stage.uid());
    assertThat(copy.getScheduler()).isEqualTo("DDIMScheduler");
    assertThat(copy.getEta()).isEqualTo(0.5);
    assertThat(stage.getEta()).isZero();
  }

  @Test
  void aPipelineIsSavedAndLoaded() throws Exception {
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  stage()
                      .setGuidanceOptions(new String[] {"loss_scale=45", "max_guidance_steps=1"}),
                  new SQLTransformer().setStatement("SELECT image, status FROM __THIS__")
                });
    String saved = folder.resolve("pipeline").toString();

    PipelineModel model = pipeline.fit(prompts);
    model.write().save(saved);
    PipelineModel loaded = PipelineModel.load(saved);

    GuidedImageTransformer stage = (GuidedImageTransformer) loaded.stages()[0];
    assertThat(stage.getNumInferenceSteps()).isEqualTo(1);
    assertThat(stage.getGuidanceOptions()).containsExactly("loss_scale=45", "max_guidance_steps=1");
    List<Row> rows = loaded.transform(prompts).collectAsList();
    assertThat(rows).extracting(row -> row.getString(1)).containsExactly("ok");
    assertThat(makePicture(loaded.transform(prompts)))
        .isEqualTo(makePicture(model.transform(prompts)));
  }

  @Test
  void wrongParamsAreNamed() {
    assertRefused(stage().setDeviceType("tpu"), "Invalid deviceType: tpu, it must be one of auto");
    assertRefused(stage().setNumInferenceSteps(0), "Invalid option: num_inference_steps is 0");
    assertRefused(
        stage().setCacheInterval(0), "Invalid option: cache_interval is 0, it must be at least 1");
    assertRefused(stage().setGuidance("push"), "Unknown guidance push");
    assertRefused(
        stage().setGuidanceOptions(new String[] {"loss_scale"}),
        "Invalid guidanceOptions: loss_scale, it must be KEY=VALUE");
    assertRefused(stage().setDetector("faces"), "Unknown detector faces");
    assertRefused(
        stage().setModelCache(""), "Invalid modelCache: '', it must be the path of a folder");
    assertRefused(stage().setModelCache("a\0b"), "Invalid modelCache: a\\u0000b, it must");
    assertRefused(new GuidedImageTransformer(), "No model: set modelUrl");
    assertRefused(stage().setBatchShape(null), "Invalid batchShape: it is null");
    assertRefused(stage().setDetector(null), "Invalid detector: it is null");
    assertRefused(stage().setLoras(new String[] {LORA, null}), "Invalid loras: a text is null");
  }

  private static void assertRefused(GuidedImageTransformer stage, String message) {
    assertThatThrownBy(() -> stage.transformSchema(prompts.schema()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void whatTheModelCannotDoIsRefusedBeforeAnyTask() {
    assertThatThrownBy(() -> stage().setScheduler("").transform(prompts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Unknown scheduler '': choose one of DDIMScheduler");
    assertThatThrownBy(() -> stage().setHeight(7).transform(prompts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("height is 7, it must be a multiple of");
    assertThatThrownBy(() -> stage().setVariant("").transform(prompts))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageEndingWith("no part has weights of the variant ''");
  }

  @Test
  void wrongColumnsAreNamed() {
    assertThatThrownBy(() -> stage().transformSchema(prompts.drop("prompt").schema()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Invalid prompt column");
  }
}
