package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.metrics.AdherenceScores;
import io.boxwright.diffusion.metrics.LayoutAdherence;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import io.boxwright.torch.LibTorch;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pictures with DeepCache match those of the authors' library: the fixtures of {@code
 * deep_cache_fixtures.py} and, for guided rows, {@code guided_fixtures.py}.
 */
class DeepCacheParityTest {

  private static final String CASES = "deep-cache/golden.json";
  private static final String GUIDED = "deep-cache/guided";

  /** Latents may be off by this share of the largest. */
  private static final double TOLERANCE = 1e-3;

  private final NDManager manager = LibTorch.newManager(Device.cpu());

  static Stream<String> cases() {
    return Fixtures.caseNames(CASES);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void picturesAreThoseOfTheLibrary(String name) {
    JsonNode testCase = Fixtures.testCase(CASES, name);
    Map<String, NDArray> golden = Fixtures.tensors("deep-cache/golden.safetensors", manager);
    int place = cases().toList().indexOf(name);
    GenerationInputs inputs =
        GenerationInputs.of(PipelineCases.requests(testCase), PipelineCases.options(testCase))
            .withCallbackOnStepEnd(callback(testCase.path("changes_latents_after")));
    try (var pipeline =
        StableDiffusionPipeline.fromPretrained(
            testCase.path("model").asText().equals("sd2") ? Fixtures.sd2() : Fixtures.sd1(),
            PretrainedOptions.cpu())) {

      NDArray latents = pipeline.generateLatents(manager, inputs).get(0); // (C, h, w)
      Fixtures.assertClose(latents, golden.get("latents").get(place), TOLERANCE);
      assertThat(
              Images.largestDifference(
                  pipeline.generate(inputs).get(0), golden.get("images").get(place)))
          .as("largest difference, of 255")
          .isLessThanOrEqualTo(1);
    }
  }

  /** The callback that changes the latents after a step, if there is one. */
  private static StepCallback callback(JsonNode after) {
    return (step, timestep, tensors) ->
        after.isMissingNode() || step != after.asInt()
            ? tensors
            : tensors.withLatents(tensors.latents().mul(0.5));
  }

  static Stream<String> guidedCases() {
    return GuidedCases.stream(Fixtures.json(GUIDED + ".json").get("cases"))
        .map(node -> node.get("name").asText());
  }

  @ParameterizedTest
  @MethodSource("guidedCases")
  void guidedStepsAreWholeAndTheCacheStartsAfterThem(String name) {
    JsonNode guidedCase =
        GuidedCases.stream(Fixtures.json(GUIDED + ".json").get("cases"))
            .filter(node -> node.get("name").asText().equals(name))
            .findFirst()
            .orElseThrow();
    NDArray golden =
        Fixtures.tensors(GUIDED + ".safetensors", manager).get(name + ".one_object.latents");
    GenerationInputs inputs =
        GenerationInputs.of(
            GuidedCases.requests(guidedCase),
            GuidedCases.options(guidedCase)
                .withCacheInterval(guidedCase.get("cache_interval").asInt()));
    Guidance guidance =
        GuidedCases.guidance(guidedCase)
            .with("max_guidance_steps", guidedCase.get("max_guidance_steps").asInt());
    JsonNode expected = guidedCase.get("results").get("one_object");
    try (var pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(
            Fixtures.sd1(), GuidedCases.loading(guidedCase))) {

      Fixtures.assertClose(
          pipeline.generateLatents(manager, inputs, guidance), golden, TOLERANCE); // (1, C, h, w)
      GeneratedImage image = pipeline.generate(inputs, guidance).get(0);
      LayoutAdherence adherence = image.adherence().orElseThrow();
      assertThat(image.guidance().iterations())
          .isEqualTo(expected.get("guidance_iterations").asInt());
      assertScores(adherence.guided(), expected.get("scores").get("guided"));
      assertScores(adherence.heldOut(), expected.get("scores").get("held_out"));
    }
  }

  private static void assertScores(AdherenceScores scores, JsonNode expected) {
    double[] actual = {scores.inBoxMass(), scores.lift(), scores.iou(), scores.pointing()};
    String[] names = {"in_box_mass", "lift", "iou", "pointing"};
    IntStream.range(0, names.length)
        .forEach(
            i ->
                assertThat(actual[i])
                    .as(names[i])
                    .isCloseTo(expected.get("row").get(names[i]).asDouble(), within(1e-4)));
  }
}
