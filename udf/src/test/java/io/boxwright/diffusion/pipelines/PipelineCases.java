package io.boxwright.diffusion.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * The requests and options of the cases of {@code pipeline_fixtures.py} and {@code
 * option_fixtures.py}. A key that a case lacks has the value of {@code DEFAULTS} there.
 */
final class PipelineCases {

  private PipelineCases() {}

  /** The requests of all images: those of the first prompt, then those of the next. */
  static List<GenerationRequest> requests(JsonNode testCase) {
    List<String> prompts = texts(testCase.path("prompts"), "a cat playing with a ball");
    List<String> negativePrompts = texts(testCase.path("negative_prompts"), "");
    List<Long> seeds = list(testCase.path("seeds"), JsonNode::asLong, List.of(11L));
    int images = testCase.path("images_per_prompt").asInt(1);
    int rows = prompts.size() * images;
    List<GenerationRequest> requests = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      boolean shared = seeds.size() < rows;
      GenerationRequest request =
          new GenerationRequest(
              prompts.get(row / images),
              negativePrompts.get(row / images),
              seeds.get(shared ? 0 : row),
              List.of());
      requests.add(shared ? request.withPlace(new GeneratorPlace(row, rows)) : request);
    }
    return requests;
  }

  /** The options of all images. */
  static GenerationOptions options(JsonNode testCase) {
    return GenerationOptions.defaults()
        .withScheduler(testCase.path("scheduler").asText(null))
        .withSize(size(testCase.path("height")), size(testCase.path("width")))
        .withNumInferenceSteps(testCase.path("steps").asInt(6))
        .withTimesteps(list(testCase.path("timesteps"), JsonNode::asInt, null))
        .withSigmas(list(testCase.path("sigmas"), JsonNode::asDouble, null))
        .withGuidanceScale(testCase.path("guidance_scale").asDouble(7.5))
        .withGuidanceRescale(testCase.path("guidance_rescale").asDouble(0))
        .withCutoffStepRatio(testCase.path("cutoff_step_ratio").asDouble(1))
        .withCacheInterval(testCase.path("cache_interval").asInt(1))
        .withClipSkip(testCase.path("clip_skip").asInt(0))
        .withEta(testCase.path("eta").asDouble(0));
  }

  /** A size in pixels; null is the model's own, which is 0 here. */
  private static int size(JsonNode pixels) {
    return pixels.isNull() ? 0 : pixels.asInt(96);
  }

  private static List<String> texts(JsonNode texts, String otherwise) {
    return list(texts, JsonNode::asText, List.of(otherwise));
  }

  private static <T> List<T> list(JsonNode values, Function<JsonNode, T> read, List<T> otherwise) {
    return values.isMissingNode()
        ? otherwise
        : StreamSupport.stream(values.spliterator(), false).map(read).toList();
  }
}
