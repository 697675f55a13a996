package io.boxwright.diffusion.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.loading.Lora;
import io.boxwright.testing.Fixtures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The cases of {@code guided_fixtures.py}, as requests and options. */
final class GuidedCases {

  private static final JsonNode FILE = Fixtures.json("golden/guided.json");

  private GuidedCases() {}

  /** Returns the names of the cases. */
  static Stream<String> names() {
    return stream(FILE.get("cases")).map(node -> node.get("name").asText());
  }

  /** Returns one case: settings, the ids of its rows, and the reference's numbers by row. */
  static JsonNode named(String name) {
    return stream(FILE.get("cases"))
        .filter(node -> node.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static Path folder(JsonNode guidedCase) {
    return guidedCase.get("model").asText().equals("sd1") ? Fixtures.sd1() : Fixtures.sd2();
  }

  static List<Lora> loras(JsonNode guidedCase) {
    return stream(guidedCase.get("loras"))
        .map(
            lora ->
                new Lora(Fixtures.path("loras/" + lora.get(0).asText()), lora.get(1).asDouble()))
        .toList();
  }

  static List<String> rowIds(JsonNode guidedCase) {
    return stream(guidedCase.get("rows")).map(JsonNode::asText).toList();
  }

  static List<GenerationRequest> requests(JsonNode guidedCase) {
    return rowIds(guidedCase).stream().map(GuidedCases::request).toList();
  }

  static GenerationRequest request(String id) {
    return request(
        stream(FILE.get("rows"))
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
