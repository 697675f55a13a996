package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.loading.Lora;
import io.boxwright.diffusion.loading.TextualInversion;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.IPAdapterFixtures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The cases of {@code guided_fixtures.py}, as requests and options. */
final class GuidedCases {

  private static final List<JsonNode> FILES =
      Stream.of("golden/guided.json", "ip-adapter/guided.json", "textual_inversions/guided.json")
          .map(Fixtures::json)
          .toList();

  private GuidedCases() {}

  /** Returns the names of the cases. */
  static Stream<String> names() {
    return cases().map(node -> node.get("name").asText());
  }

  private static Stream<JsonNode> cases() {
    return FILES.stream().flatMap(file -> stream(file.get("cases")));
  }

  /** Returns the tensors of all cases by name, which the manager owns. */
  static Map<String, NDArray> tensors(NDManager manager) {
    Map<String, NDArray> tensors = Fixtures.tensors("golden/guided.safetensors", manager);
    tensors.putAll(Fixtures.tensors("ip-adapter/guided.safetensors", manager));
    tensors.putAll(Fixtures.tensors("textual_inversions/guided.safetensors", manager));
    return tensors;
  }

  /** Returns the options for loading the model of a case. */
  static PretrainedOptions loading(JsonNode guidedCase) {
    PretrainedOptions loading =
        PretrainedOptions.cpu()
            .withLoras(loras(guidedCase))
            .withTextualInversions(textualInversions(guidedCase.path("textual_inversions")));
    return guidedCase.path("image").isArray()
        ? loading.withIPAdapter(IPAdapterFixtures.files(guidedCase.get("image").get(0).asText()))
        : loading;
  }

  /** Returns one case: settings, the ids of its rows, and the reference's numbers by row. */
  static JsonNode named(String name) {
    return cases().filter(node -> node.get("name").asText().equals(name)).findFirst().orElseThrow();
  }

  static Path folder(JsonNode guidedCase) {
    return guidedCase.get("model").asText().equals("sd1") ? Fixtures.sd1() : Fixtures.sd2();
  }

  private static List<Lora> loras(JsonNode guidedCase) {
    return stream(guidedCase.get("loras"))
        .map(
            lora ->
                new Lora(Fixtures.path("loras/" + lora.get(0).asText()), lora.get(1).asDouble()))
        .toList();
  }

  /** Reads pairs of a file and the token that it gets, or null. */
  static List<TextualInversion> textualInversions(JsonNode files) {
    return stream(files)
        .map(
            file ->
                new TextualInversion(
                    Fixtures.path("textual_inversions/" + file.get(0).asText()),
                    Optional.ofNullable(file.get(1).textValue())))
        .toList();
  }

  static List<String> rowIds(JsonNode guidedCase) {
    return stream(guidedCase.get("rows")).map(JsonNode::asText).toList();
  }

  static List<GenerationRequest> requests(JsonNode guidedCase) {
    JsonNode image = guidedCase.path("image");
    return rowIds(guidedCase).stream()
        .map(GuidedCases::request)
        .map(
            request ->
                image.isArray()
                    ? request.withImagePrompt(
                        IPAdapterFixtures.of(image.get(1).asText(), image.get(2).asDouble()))
                    : request)
        .toList();
  }

  static GenerationRequest request(String id) {
    return request(
        FILES.stream()
            .flatMap(file -> stream(file.get("rows")))
            .filter(node -> node.get("id").asText().equals(id))
            .findFirst()
            .orElseThrow());
  }

  /** Returns the request of a fixture's row. */
  static GenerationRequest request(JsonNode row) {
    return new GenerationRequest(
        row.get("prompt").asText(),
        row.path("negative_prompt").asText(),
        row.get("seed").asLong(),
        stream(row.get("objects")).map(GuidedCases::object).toList());
  }

  private static LayoutObject object(JsonNode node) {
    List<BoundingBox> boxes = new ArrayList<>();
    for (JsonNode box : node.get("boxes")) {
      boxes.add(
          new BoundingBox(
              box.get(0).asDouble(),
              box.get(1).asDouble(),
              box.get(2).asDouble(),
              box.get(3).asDouble()));
    }
    return new LayoutObject("", stream(node.get("tokens")).map(JsonNode::asInt).toList(), boxes);
  }

  static GenerationOptions options(JsonNode guidedCase) {
    return GenerationOptions.defaults()
        .withScheduler(guidedCase.get("scheduler").asText())
        .withSize(guidedCase.get("height").asInt(), guidedCase.get("width").asInt())
        .withNumInferenceSteps(guidedCase.get("steps").asInt())
        .withGuidanceScale(guidedCase.get("guidance_scale").asDouble())
        .withAttentionMaps(GenerationOptions.AttentionMaps.KEEP);
  }

  static Guidance guidance(JsonNode guidedCase) {
    return switch (guidedCase.get("preset").asText()) {
      case "paper" -> BackwardGuidance.paper();
      case "tflcg" -> BackwardGuidance.tflcg();
      default -> BackwardGuidance.none();
    };
  }

  static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
