package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.metrics.AdherenceScores;
import io.boxwright.diffusion.metrics.LayoutAdherence;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Guided images, losses, maps and scores match {@code layout_guidance_reference.py}. The reference
 * makes one row at a time; here all rows of a case share one batch.
 */
class LayoutGuidanceParityTest {

  private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

  static Stream<String> cases() {
    return GuidedCases.names();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void batchOfRowsEqualsTheReferenceRowByRow(String name) {
    JsonNode guidedCase = GuidedCases.named(name);
    Map<String, NDArray> golden = GuidedCases.tensors(manager);
    List<String> ids = GuidedCases.rowIds(guidedCase);
    try (LayoutGuidanceStableDiffusionPipeline pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(
            GuidedCases.folder(guidedCase), GuidedCases.loading(guidedCase))) {

      List<GeneratedImage> images =
          pipeline.generate(
              GuidedCases.requests(guidedCase),
              GuidedCases.options(guidedCase),
              GuidedCases.guidance(guidedCase));

      for (int row = 0; row < ids.size(); row++) {
        JsonNode expected = guidedCase.get("results").get(ids.get(row));
        String prefix = name + "." + ids.get(row);
        assertThat(Images.largestDifference(images.get(row).image(), golden.get(prefix + ".image")))
            .as(prefix + ": largest difference of 255")
            .isLessThanOrEqualTo(1);
        assertTrace(prefix, images.get(row).guidance(), expected);
        assertMaps(prefix, images.get(row), golden);
        assertScores(prefix, images.get(row), expected.get("scores"));
      }
    }
  }

  private static void assertTrace(String row, GuidanceTrace trace, JsonNode expected) {
    assertThat(trace.iterations()).as(row).isEqualTo(expected.get("guidance_iterations").asInt());
    if (trace.iterations() > 0) {
      assertThat(trace.lossFirst())
          .as(row)
          .isCloseTo(expected.get("loss_first").asDouble(), within(1e-4));
      assertThat(trace.lossLast())
          .as(row)
          .isCloseTo(expected.get("loss_last").asDouble(), within(1e-4));
    }
  }

  private void assertMaps(String row, GeneratedImage image, Map<String, NDArray> golden) {
    assertThat((long) image.attentionMaps().size())
        .isEqualTo(golden.keySet().stream().filter(key -> key.startsWith(row + ".map.")).count());
    for (AttentionMap map : image.attentionMaps()) {
      NDArray actual = manager.create(map.values(), new Shape(map.height(), map.width())); // (h, w)
      Fixtures.assertClose(
          actual, golden.get("%s.map.%d.%s".formatted(row, map.object(), map.layer())), 1e-3);
    }
  }

  private static void assertScores(String row, GeneratedImage image, JsonNode expected) {
    if (image.adherence().isEmpty()) {
      assertThat(expected).as(row).isEmpty();
      return;
    }
    LayoutAdherence adherence = image.adherence().get();
    assertScores(row, adherence.guided(), expected.get("guided").get("row"));
    assertScores(row, adherence.heldOut(), expected.get("held_out").get("row"));
    for (int i = 0; i < adherence.objects().size(); i++) {
      assertScores(
          row, adherence.objects().get(i).guided(), expected.get("guided").get("objects").get(i));
      assertScores(
          row,
          adherence.objects().get(i).heldOut(),
          expected.get("held_out").get("objects").get(i));
    }
  }

  private static void assertScores(String row, AdherenceScores scores, JsonNode expected) {
    assertScore(row, "in_box_mass", scores.inBoxMass(), expected);
    assertScore(row, "lift", scores.lift(), expected);
    assertScore(row, "iou", scores.iou(), expected);
    assertScore(row, "pointing", scores.pointing(), expected);
    assertScore(row, "leakage", scores.leakage(), expected);
  }

  private static void assertScore(String row, String name, double actual, JsonNode expected) {
    assertThat(actual).as(row + ": " + name).isCloseTo(expected.get(name).asDouble(), within(1e-4));
  }
}
