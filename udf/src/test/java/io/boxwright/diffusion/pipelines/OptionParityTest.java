package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import io.boxwright.testing.ModelCopy;
import io.boxwright.torch.LibTorch;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every scheduler with the options of a call together, and with those of its configuration: small
 * pictures of {@code option_fixtures.py}.
 */
class OptionParityTest {

  private static final String CASES = "golden/options.json";
  private static final String SCHEDULER = "scheduler/scheduler_config.json";

  /** Latents may be off by this share of the largest. */
  private static final double TOLERANCE = 1e-3;

  @TempDir private static Path folder;
  private static NDManager manager;
  private static Map<String, NDArray> golden;

  /** The case's place among those of the same size, by name. */
  private static final Map<String, Integer> PLACES = new HashMap<>();

  /** A pipeline for each configuration of the scheduler. */
  private static final Map<JsonNode, StableDiffusionPipeline> PIPELINES = new HashMap<>();

  @BeforeAll
  static void read() {
    manager = LibTorch.newManager(Device.cpu());
    golden = Fixtures.tensors("golden/options.safetensors", manager);
    Map<Integer, Integer> counts = new HashMap<>();
    for (JsonNode testCase : Fixtures.json(CASES)) {
      int place = counts.merge(testCase.get("height").asInt(), 1, Integer::sum) - 1;
      PLACES.put(testCase.get("name").asText(), place);
    }
  }

  @AfterAll
  static void close() {
    PIPELINES.values().forEach(StableDiffusionPipeline::close);
    PIPELINES.clear();
    manager.close();
  }

  static Stream<String> cases() {
    return Fixtures.caseNames(CASES);
  }

  private static StableDiffusionPipeline pipeline(JsonNode configuration) {
    return PIPELINES.computeIfAbsent(configuration, OptionParityTest::load);
  }

  private static StableDiffusionPipeline load(JsonNode configuration) {
    try {
      ModelCopy copy = ModelCopy.of(Fixtures.sd1(), folder.resolve("model" + PIPELINES.size()));
      for (Map.Entry<String, JsonNode> value : configuration.properties()) {
        copy.set(SCHEDULER, value.getKey(), value.getValue());
      }
      return StableDiffusionPipeline.fromPretrained(copy.folder(), PretrainedOptions.cpu());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void picturesAreThoseOfDiffusers(String name) {
    JsonNode testCase = Fixtures.testCase(CASES, name);
    AtomicReference<float[]> latents = new AtomicReference<>();
    GenerationInputs inputs =
        GenerationInputs.of(PipelineCases.requests(testCase), PipelineCases.options(testCase))
            .withCallbackOnStepEnd(
                (step, timestep, tensors) -> {
                  latents.set(tensors.latents().toFloatArray());
                  return tensors;
                });

    BufferedImage image = pipeline(testCase.get("configuration")).generate(inputs).get(0);

    try (NDManager run = manager.newSubManager()) {
      NDArray expected = expected("latents", testCase); // (4, h, w)
      Fixtures.assertClose(run.create(latents.get(), expected.getShape()), expected, TOLERANCE);
      assertThat(Images.largestDifference(image, expected("images", testCase)))
          .as("largest difference, of 255")
          .isLessThanOrEqualTo(1);
    }
  }

  /** The latents or the image of a case, without rows. */
  private static NDArray expected(String kind, JsonNode testCase) {
    return golden
        .get(kind + "." + testCase.get("height").asText())
        .get(PLACES.get(testCase.get("name").asText()));
  }
}
