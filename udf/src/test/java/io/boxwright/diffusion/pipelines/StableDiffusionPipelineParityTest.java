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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
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
        GenerationInputs.of(requests(testCase), options(testCase))
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

  private static List<GenerationRequest> requests(JsonNode testCase) {
    int images = testCase.path("images_per_prompt").asInt(1);
    int rows = testCase.get("prompts").size() * images;
    JsonNode seeds = testCase.get("seeds");
    List<GenerationRequest> requests = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      boolean shared = seeds.size() < rows;
      GenerationRequest request =
          new GenerationRequest(
              testCase.get("prompts").get(row / images).asText(),
              testCase.get("negative_prompts").get(row / images).asText(),
              seeds.get(shared ? 0 : row).asLong(),
              List.of());
      requests.add(shared ? request.withPlace(new GeneratorPlace(row, rows)) : request);
    }
    return requests;
  }

  private static GenerationOptions options(JsonNode testCase) {
    JsonNode scheduler = testCase.get("scheduler");
    return GenerationOptions.defaults()
        .withScheduler(scheduler.isNull() ? null : scheduler.asText())
        .withSize(testCase.get("height").asInt(0), testCase.get("width").asInt(0))
        .withNumInferenceSteps(testCase.get("steps").asInt())
        .withTimesteps(numbers(testCase.path("timesteps"), JsonNode::asInt))
        .withSigmas(numbers(testCase.path("sigmas"), JsonNode::asDouble))
        .withGuidanceScale(testCase.get("guidance_scale").asDouble())
        .withGuidanceRescale(testCase.get("guidance_rescale").asDouble())
        .withCutoffStepRatio(testCase.get("cutoff_step_ratio").asDouble())
        .withClipSkip(testCase.get("clip_skip").asInt())
        .withEta(testCase.get("eta").asDouble());
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

  /** The numbers of a list, or null. */
  private static <T> List<T> numbers(JsonNode list, Function<JsonNode, T> number) {
    return list.isMissingNode()
        ? null
        : StreamSupport.stream(list.spliterator(), false).map(number).toList();
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
