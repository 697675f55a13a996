package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.loading.Lora;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pictures with LoRAs match diffusers: the fixtures of {@code lora_fixtures.py}. */
class LoraParityTest {

  private static final GenerationOptions OPTIONS = GenerationOptions.defaults();

  private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

  static Stream<String> cases() {
    return Fixtures.caseNames("golden/loras.json");
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private static Lora toLora(JsonNode lora) {
    return new Lora(Fixtures.path("loras/" + lora.get(0).asText()), lora.get(1).asDouble());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void picturesAreThoseOfDiffusers(String name) throws IOException {
    JsonNode testCase = Fixtures.testCase("golden/loras.json", name);
    NDArray golden = Fixtures.tensors("golden/loras.safetensors", manager).get(name);
    List<Lora> loras = new ArrayList<>();
    testCase.get("loras").forEach(lora -> loras.add(toLora(lora)));
    GenerationOptions options =
        OPTIONS
            .withSize(testCase.get("height").asInt(), testCase.get("width").asInt())
            .withNumInferenceSteps(testCase.get("steps").asInt())
            .withGuidanceScale(testCase.get("guidance_scale").asDouble());
    GenerationRequest request =
        new GenerationRequest(
            testCase.get("prompt").asText(), testCase.get("seed").asLong(), List.of());

    PretrainedOptions loading = PretrainedOptions.cpu().withLoras(loras);

    PretrainedFolder.check(Fixtures.sd1(), options, loading);
    try (StableDiffusionPipeline pipeline =
        StableDiffusionPipeline.fromPretrained(Fixtures.sd1(), loading)) {
      BufferedImage image =
          pipeline.generate(GenerationInputs.of(List.of(request), options)).get(0);

      assertThat(Images.largestDifference(image, golden)).isLessThanOrEqualTo(1);
    }
  }
}
