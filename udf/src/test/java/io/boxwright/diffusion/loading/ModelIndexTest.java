package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelIndexTest {

  private static final String INDEX =
      """
      {
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": "0.42.1",
        "feature_extractor": ["transformers", "CLIPImageProcessor"],
        "image_encoder": [null, null],
        "requires_safety_checker": true,
        "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
        "scheduler": ["diffusers", "PNDMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"]
      }
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeFolder() throws IOException {
    Files.writeString(folder.resolve("model_index.json"), INDEX);
    for (String part : new String[] {"scheduler", "text_encoder", "tokenizer", "unet", "vae"}) {
      Files.createDirectory(folder.resolve(part));
    }
  }

  @Test
  void namesThePartsAndTheirClasses() {
    ModelIndex index = ModelIndex.open(folder);

    assertThat(index.className()).isEqualTo("StableDiffusionPipeline");
    assertThat(index.parts())
        .isEqualTo(
            Map.of(
                "scheduler", "PNDMScheduler",
                "text_encoder", "CLIPTextModel",
                "safety_checker", "StableDiffusionSafetyChecker",
                "feature_extractor", "CLIPImageProcessor",
                "tokenizer", "CLIPTokenizer",
                "unet", "UNet2DConditionModel",
                "vae", "AutoencoderKL"));
    assertThat(index.part("unet")).isEqualTo(folder.resolve("unet"));
  }

  @Test
  void refusesWhatIsNoDiffusersFolder() throws IOException {
    Path file = Files.createFile(folder.resolve("sd.zip"));
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertThatThrownBy(() -> ModelIndex.open(file))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("Cannot load a pipeline from " + file + ": it is not a folder");
    assertThatThrownBy(() -> ModelIndex.open(empty))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(
            "Cannot load a pipeline from " + empty + ": there is no model_index.json");
  }

  @Test
  void refusesAnIndexThatIsNoJson() throws IOException {
    Files.writeString(folder.resolve("model_index.json"), "{\"unet\" 1}");

    assertRefused("Cannot read " + folder.resolve("model_index.json") + ": ");
  }

  @Test
  void refusesOtherPipelines() throws IOException {
    replace("StableDiffusionPipeline", "StableDiffusionXLPipeline");

    assertRefused(
        "Cannot load a pipeline from "
            + folder
            + ": pipeline class 'StableDiffusionXLPipeline' is not supported; use"
            + " StableDiffusionPipeline of Stable Diffusion 1.x or 2.x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "StableDiffusion3Pipeline",
        "StableDiffusionXLInpaintPipeline",
        "FluxPipeline",
        "AnimateDiffPipeline",
        "KandinskyV22Pipeline"
      })
  void refusesPipelinesOfOtherParts(String name) throws IOException {
    replace("StableDiffusionPipeline", name);

    assertRefused("pipeline class '" + name + "' is not supported; use StableDiffusionPipeline");
  }

  @Test
  void refusesClassesThatAreNotSupported() throws IOException {
    replace("UNet2DConditionModel", "UNet3DConditionModel");

    assertRefused(
        "class UNet3DConditionModel of part unet is not supported; use UNet2DConditionModel");
  }

  @Test
  void otherPartsAreNotAppliedAndNamed() throws IOException {
    replace(
        "\"_diffusers_version\": \"0.42.1\"",
        "\"controlnet\": [\"diffusers\", \"ControlNetModel\"]");

    assertThat(ModelIndex.open(folder).notes())
        .contains(
            "controlnet (ControlNetModel) is not applied: StableDiffusionPipeline has no such part");
  }

  @Test
  void siblingPipelinesAreOpened() throws IOException {
    for (String name :
        List.of(
            "StableDiffusionImg2ImgPipeline",
            "StableDiffusionAttendAndExcitePipeline",
            "StableDiffusionSAGPipeline",
            "StableDiffusionPanoramaPipeline",
            "StableDiffusionControlNetPipeline",
            "StableDiffusionPipelineSafe",
            "LEditsPPPipelineStableDiffusion",
            "CycleDiffusionPipeline",
            "LatentConsistencyModelPipeline",
            "TextToVideoZeroPipeline",
            "LayoutGuidanceStableDiffusionPipeline",
            "MyStableDiffusionPipeline")) {
      replace("StableDiffusionPipeline", name);
      assertThat(ModelIndex.open(folder).className()).isEqualTo(name);
    }
  }

  @Test
  void aCacheOfTheHubIsNamedWithItsSnapshot() throws IOException {
    Path cache = folder.resolve("hub/models--a--b");
    Path snapshot = cache.resolve("snapshots/0123");
    Files.createDirectories(snapshot);
    Files.copy(folder.resolve("model_index.json"), snapshot.resolve("model_index.json"));

    for (Path given : List.of(cache, folder.resolve("hub"))) {
      assertThatThrownBy(() -> ModelIndex.open(given))
          .isInstanceOf(ModelLoadingException.class)
          .hasMessageEndingWith(
              "it is a folder of HuggingFace's cache; give the snapshot in it, " + snapshot);
    }
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("gone"));
    assertThatThrownBy(() -> ModelIndex.open(link))
        .hasMessageEndingWith("it is a link to something that does not exist");
  }

  @Test
  void namesAPartThatTheIndexLacks() throws IOException {
    replace("[\"diffusers\", \"AutoencoderKL\"]", "[null, null]");

    assertRefused("model_index.json names no class for the part vae");
  }

  @Test
  void namesAPartWhoseFolderIsMissing() throws IOException {
    Files.delete(folder.resolve("unet"));

    assertRefused("there is no folder for the part unet");
  }

  @Test
  void refusesAVariantThatNoPartHas() throws IOException {
    Files.createFile(folder.resolve("unet/diffusion_pytorch_model.fp16.safetensors"));
    ModelIndex index = ModelIndex.open(folder);

    assertThatCode(() -> index.requireVariant("fp16")).doesNotThrowAnyException();
    assertThatThrownBy(() -> index.requireVariant("bf16"))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("no part has weights of the variant bf16");
  }

  private void replace(String before, String after) throws IOException {
    Files.writeString(folder.resolve("model_index.json"), INDEX.replace(before, after));
  }

  private void assertRefused(String problem) {
    assertThatThrownBy(() -> ModelIndex.open(folder))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(problem);
  }
}
