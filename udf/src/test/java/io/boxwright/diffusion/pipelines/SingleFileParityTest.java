package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.PipelineFiles;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import io.boxwright.testing.ModelCopy;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of single files match diffusers: the fixtures of {@code single_file_fixtures.py}. */
class SingleFileParityTest {

  @TempDir private Path folder;

  private static Path original(String name) {
    return name.equals("sd1") ? Fixtures.sd1() : Fixtures.sd2();
  }

  /** Makes a folder with a model's configurations and tokenizer, and weights in a single file. */
  private void makeFolder(String name) throws IOException {
    try (Stream<Path> files = Files.walk(original(name))) {
      for (Path file : files.filter(path -> !path.toString().endsWith(".safetensors")).toList()) {
        Path copy = folder.resolve(original(name).relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    Files.copy(
        Fixtures.path("single-files/" + name + ".safetensors"),
        folder.resolve(PipelineFiles.SINGLE_FILE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2"})
  void picturesAreThoseOfDiffusers(String name) throws IOException {
    makeFolder(name);

    assertPictureIsThatOfDiffusers(name, GenerationOptions.defaults());
  }

  @Test
  void aPredictionTypeThatIsToldTakesThePlaceOfTheFolders() throws IOException {
    ModelCopy.of(Fixtures.sd2(), folder)
        .set("scheduler/scheduler_config.json", "prediction_type", "\"epsilon\"");

    assertPictureIsThatOfDiffusers(
        "sd2", GenerationOptions.defaults().withPredictionType("v_prediction"));
  }

  private void assertPictureIsThatOfDiffusers(String name, GenerationOptions told) {
    JsonNode testCase = Fixtures.testCase("golden/single_files.json", name);
    GenerationOptions options =
        told.withSize(testCase.get("height").asInt(), testCase.get("width").asInt())
            .withNumInferenceSteps(testCase.get("steps").asInt())
            .withGuidanceScale(testCase.get("guidance_scale").asDouble());
    GenerationRequest request =
        new GenerationRequest(
            testCase.get("prompt").asText(), testCase.get("seed").asLong(), List.of());

    PretrainedFolder.check(folder, options, PretrainedOptions.cpu());
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
        StableDiffusionPipeline pipeline =
            StableDiffusionPipeline.fromPretrained(folder, PretrainedOptions.cpu())) {
      NDArray golden = Fixtures.tensors("golden/single_files.safetensors", manager).get(name);
      BufferedImage image =
          pipeline.generate(GenerationInputs.of(List.of(request), options)).get(0);

      assertThat(Images.largestDifference(image, golden)).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void theSingleFileIsAmongTheFilesOfTheFolderOnce() throws IOException {
    makeFolder("sd1");

    assertThat(PipelineFiles.of(folder, null))
        .containsOnlyOnce(PipelineFiles.SINGLE_FILE)
        .noneMatch(file -> file.contains("diffusion_pytorch_model"));
  }

  @Test
  void aLoraIsNoModel() throws IOException {
    makeFolder("sd1");
    Path file = folder.resolve(PipelineFiles.SINGLE_FILE);
    Files.delete(file);
    Files.copy(Fixtures.path("loras/kohya.safetensors"), file);

    assertThatThrownBy(
            () ->
                PretrainedFolder.check(
                    folder, GenerationOptions.defaults(), PretrainedOptions.cpu()))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("it is a LoRA: give it to --lora");
  }
}
