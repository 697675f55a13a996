package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole images match diffusers, over the fixtures of {@code pipeline_fixtures.py}. */
class StableDiffusionPipelineParityTest {

  private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

  static Stream<String> cases() {
    return Fixtures.caseNames("golden/pipelines.json");
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void imagesAreThoseOfDiffusers(String name) {
    JsonNode testCase = Fixtures.testCase("golden/pipelines.json", name);
    Map<String, NDArray> golden = Fixtures.tensors("golden/pipelines.safetensors", manager);
    GenerationInputs inputs =
        GenerationInputs.of(PipelineCases.requests(testCase), PipelineCases.options(testCase))
            .withCallbackOnStepEnd(callback(testCase.path("changes_embeds_after")));
    try (StableDiffusionPipeline pipeline =
        StableDiffusionPipeline.fromPretrained(folder(testCase), PretrainedOptions.cpu())) {

      Fixtures.assertClose(
          pipeline.generateLatents(manager, inputs), golden.get(name + ".latents"), 1e-3);
      assertSameImages(pipeline.generate(inputs), golden.get(name + ".images"));
    }
  }

  private static Path folder(JsonNode testCase) {
    return testCase.get("model").asText().equals("sd1") ? Fixtures.sd1() : Fixtures.sd2();
  }

  /** The callback that changes the prompts' states after a step, if there is one. */
  private static StepCallback callback(JsonNode after) {
    return (step, timestep, tensors) ->
        after.isMissingNode() || step != after.asInt()
            ? tensors
            : tensors
                .withPromptEmbeds(tensors.promptEmbeds().mul(0.5))
                .withNegativePromptEmbeds(tensors.negativePromptEmbeds().orElseThrow().mul(1.5));
  }

  private static void assertSameImages(List<BufferedImage> images, NDArray expected) {
    assertThat((long) images.size()).isEqualTo(expected.getShape().get(0));
    for (int row = 0; row < images.size(); row++) {
      assertThat(Images.largestDifference(images.get(row), expected.get(row)))
          .as("largest difference of image %d, of 255", row)
          .isLessThanOrEqualTo(1);
    }
  }
}
