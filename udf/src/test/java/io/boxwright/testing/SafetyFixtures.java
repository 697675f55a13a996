package io.boxwright.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code safety_fixtures.py} wrote: a tiny safety checker, and what diffusers finds. */
public final class SafetyFixtures {

  private static final JsonNode CASES = Fixtures.json("safety/safety.json");

  private SafetyFixtures() {}

  /** The folder of a part, {@code safety_checker} or {@code feature_extractor}. */
  public static Path part(String name) {
    return Fixtures.path("safety/" + name);
  }

  /** Copies the tiny Stable Diffusion 1.x folder and gives it the safety checker. */
  public static ModelCopy copyModelTo(Path target) throws IOException {
    ModelCopy copy = TinyModel.copyTo(target);
    for (String name : List.of("safety_checker", "feature_extractor")) {
      ModelCopy.of(part(name), target.resolve(name));
    }
    return copy.set(
            "model_index.json",
            "safety_checker",
            "[\"stable_diffusion\", \"StableDiffusionSafetyChecker\"]")
        .set("model_index.json", "feature_extractor", "[\"transformers\", \"CLIPImageProcessor\"]");
  }

  /** The pictures that are compared: names of {@link DetectorFixtures#image}. */
  public static List<String> pictures() {
    List<String> names = new ArrayList<>();
    CASES.get("pictures").forEach(name -> names.add(name.asText()));
    return names;
  }

  /** Returns whether diffusers finds a picture unsafe. */
  public static boolean isUnsafe(String picture) {
    return CASES.get("nsfw").get(picture).asBoolean();
  }

  /** The requests for the first image, which is unsafe, and the second, which is not. */
  public static List<GenerationRequest> requests() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (JsonNode seed : CASES.get("seeds")) {
      requests.add(new GenerationRequest(CASES.get("prompt").asText(), seed.asLong(), List.of()));
    }
    return requests;
  }

  /** The options of these images. */
  public static GenerationOptions options() {
    int size = CASES.get("size").asInt();
    return GenerationOptions.defaults()
        .withSize(size, size)
        .withNumInferenceSteps(CASES.get("steps").asInt())
        .withGuidanceScale(CASES.get("guidance_scale").asDouble());
  }
}
