package io.boxwright.udf.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.diffusion.loading.Lora;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.GenerationInputs;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.PretrainedFolder;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.diffusion.pipelines.StableDiffusionPipeline;
import io.boxwright.testing.Checkpoints;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import io.boxwright.testing.ModelCopy;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints without a folder of configurations. */
class SingleFileModelTest {

  private static final String VAE = "first_stage_model.";
  private static final String CONV_IN = "model.diffusion_model.input_blocks.0.0.weight";

  @TempDir private Path folder;

  private Path file;
  private Path tokenizer;

  @BeforeEach
  void putTokenizer() throws IOException {
    file = folder.resolve("style.safetensors");
    tokenizer = folder.resolve("words");
    FileUtils.copyDirectory(Fixtures.sd1().resolve("tokenizer").toFile(), tokenizer.toFile());
  }

  private ModelFolder model(String name) {
    return ModelFolder.of(name, folder.resolve("cache")).withTokenizer(tokenizer.toString());
  }

  private Path localize() {
    return model(file.toString()).localize();
  }

  private static List<String> check(Path model) {
    return PretrainedFolder.check(model, GenerationOptions.defaults(), PretrainedOptions.cpu());
  }

  private static JsonNode read(Path model, String path) throws IOException {
    return new ObjectMapper().readTree(model.resolve(path).toFile());
  }

  private static boolean isOfTraining(String name) {
    return !name.matches("(model\\.|first_stage_model|cond_stage_model).*");
  }

  private static BufferedImage makePicture(Path model, String name) {
    JsonNode testCase = Fixtures.testCase("golden/checkpoints.json", name);
    GenerationOptions options =
        GenerationOptions.defaults()
            .withSize(testCase.get("height").asInt(), testCase.get("width").asInt())
            .withNumInferenceSteps(testCase.get("steps").asInt())
            .withGuidanceScale(testCase.get("guidance_scale").asDouble());
    GenerationRequest request =
        new GenerationRequest(
            testCase.get("prompt").asText(), testCase.get("seed").asLong(), List.of());
    try (StableDiffusionPipeline pipeline =
        StableDiffusionPipeline.fromPretrained(model, PretrainedOptions.cpu())) {
      return pipeline.generate(GenerationInputs.of(List.of(request), options)).get(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd15", "sd21"})
  void picturesAreThoseOfDiffusers(String name) throws IOException {
    Checkpoints.of("tiny-" + name).write(file);
    if (name.equals("sd21")) {
      FileUtils.copyDirectory(Fixtures.sd2().resolve("tokenizer").toFile(), tokenizer.toFile());
    }

    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray golden = Fixtures.tensors("golden/checkpoints.safetensors", manager).get(name);
      assertThat(Images.largestDifference(makePicture(localize(), name), golden))
          .isLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"sd15, F32", "sd15, F16", "sd21, BF16"})
  void everyTensorOfTheRealArchitecturesIsUsedAndNoneIsMissing(String name, String type)
      throws IOException {
    Checkpoints.of(name).as(type).writeHeader(file);

    assertThat(check(localize())).isEmpty();
  }

  @Test
  void aPickledFileIsRefusedAsSuchAlsoWithATokenizer() {
    assertThatThrownBy(() -> model("model.ckpt").localize())
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("it is pickled");
  }

  @Test
  void mergedFilesHaveNoTensorsOfTraining() throws IOException {
    Checkpoints.of("sd15")
        .without(SingleFileModelTest::isOfTraining)
        .rename(name -> name.replace(VAE, "vae."))
        .writeHeader(file);

    assertThat(check(localize())).isEmpty();
  }

  @Test
  void everyLayerOfAKohyaLoraIsThere() throws IOException {
    Checkpoints.of("sd15").without(SingleFileModelTest::isOfTraining).writeHeader(file);
    Path lora = Checkpoints.of("kohya").writeHeader(folder.resolve("lora.safetensors"));
    PretrainedOptions options =
        PretrainedOptions.cpu().withLoras(List.of(Lora.parse(lora.toString())));

    assertThat(PretrainedFolder.check(localize(), GenerationOptions.defaults(), options)).isEmpty();

    Checkpoints.of("kohya")
        .rename(name -> name.replace("down_blocks_2", "down_blocks_3"))
        .writeHeader(lora);
    assertThatThrownBy(
            () -> PretrainedFolder.check(localize(), GenerationOptions.defaults(), options))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("down_blocks_3");
  }

  @ParameterizedTest
  @CsvSource({
    "sd15, , , epsilon, 64",
    "sd15, , v_prediction, v_prediction, 64",
    "sd21, , , v_prediction, 96",
    "sd21, 110000, , v_prediction, 96",
    "sd21, 875000, , epsilon, 64",
    "sd21, , epsilon, epsilon, 64",
    "sd21, 875000, v_prediction, v_prediction, 96",
  })
  void thePredictionTypeIsFoundOrTold(
      String name, Long step, String told, String expected, int sampleSize) throws IOException {
    Checkpoints checkpoint = Checkpoints.of("tiny-" + name);
    (step == null ? checkpoint : checkpoint.withNumber("global_step", step)).writeHeader(file);

    Path model = model(file.toString()).withPredictionType(told).localize();

    assertThat(read(model, "scheduler/scheduler_config.json").get("prediction_type").asText())
        .isEqualTo(expected);
    assertThat(read(model, "unet/config.json").get("sample_size").asInt()).isEqualTo(sampleSize);
  }

  @Test
  void aShapeOfNoKnownArchitectureIsRefusedByName() throws IOException {
    Checkpoints.of("tiny-sd15")
        .with("model.diffusion_model.input_blocks.1.0.in_layers.2.weight", 48, 32, 3, 3)
        .writeHeader(file);

    assertThatThrownBy(this::localize)
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContainingAll(
            file.toString(),
            "its unet is not that of a known Stable Diffusion 1.x or 2.x",
            "down_blocks.0 has 48 channels, which is no multiple of 32");
  }

  @Test
  void aMissingTensorIsNamed() throws IOException {
    Checkpoints.of("sd15")
        .without("model.diffusion_model.middle_block.0.in_layers.2.weight"::equals)
        .writeHeader(file);

    assertThatThrownBy(() -> check(localize()))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(
            "Cannot load unet from %s (names as in diffusers): missing tensor"
                    .formatted(file.toRealPath())
                + " mid_block.resnets.0.conv1.weight");
  }

  @Test
  void aVaeThatTheFileLacksComesFromTheFolderBesideIt() throws IOException {
    Checkpoints.of("tiny-sd15").without(name -> name.startsWith(VAE)).write(file);

    assertThatThrownBy(this::localize)
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContainingAll(
            "it holds no weights of the vae", "into the folder " + folder.resolve("style/vae"));

    FileUtils.copyDirectory(
        Fixtures.sd1().resolve("vae").toFile(), folder.resolve("style/vae").toFile());
    assertThat(check(localize())).isEmpty();
  }

  @Test
  void aVaeOfTheFileWinsOverThatOfTheFolder() throws IOException {
    Checkpoints.of("tiny-sd15").write(file);
    FileUtils.copyDirectory(
        Fixtures.sd1().resolve("vae").toFile(), folder.resolve("style/vae").toFile());

    assertThat(read(localize(), "vae/config.json").get("block_out_channels").get(0).asInt())
        .isEqualTo(32);
  }

  @ParameterizedTest
  @ValueSource(strings = {"style/tokenizer", "tokenizer"})
  void theTokenizerBesideTheFileIsTheDefault(String place) throws IOException {
    Checkpoints.of("tiny-sd15").write(file);
    Files.createDirectories(folder.resolve("style"));
    Files.move(tokenizer, folder.resolve(place));

    for (String scheme : List.of("", "file://")) {
      Path model = model(scheme + file).withTokenizer(null).localize();
      assertThat(model.resolve("tokenizer/vocab.json"))
          .hasSameBinaryContentAs(folder.resolve(place).resolve("vocab.json"));
      assertThat(check(model)).isEmpty();
    }
  }

  @Test
  void withoutATokenizerTheMessageSaysWhatToDo() throws IOException {
    Checkpoints.of("tiny-sd15").write(file);

    assertThatThrownBy(() -> model(file.toString()).withTokenizer(null).localize())
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContainingAll(
            "Cannot load a model from " + file + ": a checkpoint holds no vocabulary",
            "--tokenizer",
            folder.resolve("style/tokenizer").toString());
    tokenizer = folder.resolve("none");
    assertThatThrownBy(this::localize)
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageStartingWith("Cannot read the tokenizer " + tokenizer);
  }

  @Test
  void theVocabularyIsPartOfTheModel() throws IOException {
    Checkpoints.of("tiny-sd15").write(file);
    PipelineLoader loader = new PipelineLoader.LayoutGuidance();
    String before = model(file.toString()).hash(loader, null).fingerprint().hex();

    Files.writeString(
        tokenizer.resolve("merges.txt"),
        Files.readString(tokenizer.resolve("merges.txt")).replace("#version", "# version"));

    assertThat(model(file.toString()).hash(loader, null).fingerprint().hex()).isNotEqualTo(before);
    assertThat(
            model(file.toString())
                .withPredictionType("sample")
                .hash(loader, null)
                .fingerprint()
                .hex())
        .isNotEqualTo(before);
  }

  @Test
  void aUriAndATokenizerAtAUriAreCopied() throws IOException {
    Checkpoints.of("tiny-sd15").write(file);
    Path model =
        ModelFolder.of("file://" + file, folder.resolve("cache"))
            .withTokenizer("file://" + folder.resolve("words"))
            .localize();

    assertThat(model.resolve("checkpoint.safetensors")).hasSameBinaryContentAs(file);
    assertThat(check(model)).isEmpty();
    Files.delete(file);
    assertThat(check(model)).isEmpty();
  }

  @Test
  void foldersMayBeLinks() throws IOException {
    Checkpoints.of("tiny-sd15").write(file);
    tokenizer = Files.createSymbolicLink(folder.resolve("link"), tokenizer);

    assertThat(check(localize())).isEmpty();
  }

  @Test
  void onlySingleFilesTakeATokenizer() {
    assertThatThrownBy(() -> model(Fixtures.sd1().toString()).localize())
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContainingAll(tokenizer.toString(), "only single files");
    assertThatThrownBy(() -> model("shapes").localize())
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("model shapes has its own");
  }

  @Test
  void aTokenizerReplacesThatOfAFolderOfConfigurations() throws IOException {
    ModelCopy.of(Fixtures.sd1(), folder.resolve("style"));
    Files.copy(Fixtures.path("single-files/sd1.safetensors"), file);
    Files.delete(tokenizer.resolve("special_tokens_map.json"));

    Path model = localize();

    assertThat(model.resolve("tokenizer/vocab.json").toRealPath())
        .isEqualTo(tokenizer.toRealPath().resolve("vocab.json"));
    assertThat(model.resolve("tokenizer/special_tokens_map.json")).doesNotExist();
    assertThat(check(model)).isEmpty();
  }

  @Test
  void theTypesOfNumbersAreThoseOfTheFile() throws IOException {
    Checkpoints.of("tiny-sd15").as("BF16").write(file);
    BufferedImage picture = makePicture(localize(), "sd15");

    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray golden = Fixtures.tensors("golden/checkpoints.safetensors", manager).get("sd15");
      // 8 bits of a number: not the picture of float32, but nearly
      assertThat(Images.largestDifference(picture, golden)).isBetween(2, 60);
    }
  }

  @Test
  void aVariantOfASingleFileIsRefused() throws IOException {
    Checkpoints.of("tiny-sd15").write(file);

    assertThatThrownBy(
            () -> PretrainedFolder.check(localize(), "fp16", GenerationOptions.defaults()))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("single files have no variants: leave it out");
  }

  @ParameterizedTest
  @CsvSource({"5, depth-to-image", "7, upscaler", "8, InstructPix2Pix", "9, inpainting"})
  void otherUNetsAreRefusedByName(int channels, String family) throws IOException {
    Checkpoints.of("tiny-sd15").with(CONV_IN, 32, channels, 3, 3).writeHeader(file);

    assertThatThrownBy(() -> model("file://" + file).localize())
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageStartingWith("Cannot load a model from file://%s: it is a", file)
        .hasMessageContaining(family)
        .hasMessageContaining("%d input channels", channels);
  }
}
