package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.guidance.Guidances;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.IPAdapterFixtures;
import io.boxwright.testing.Images;
import io.boxwright.testing.ModelCopy;
import io.boxwright.testing.SafeTensorsHeader;
import io.boxwright.testing.TinyModel;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pictures with IP-Adapters match diffusers: the fixtures of {@code ip_adapter_fixtures.py}. */
class IPAdapterParityTest {

  private static final String CASES = "ip-adapter/golden.json";

  private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

  @TempDir private Path folder;

  static Stream<String> cases() {
    return Fixtures.caseNames(CASES);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private static PretrainedOptions loading(String adapter) {
    return PretrainedOptions.cpu().withIPAdapter(IPAdapterFixtures.files(adapter));
  }

  private static GenerationOptions options(JsonNode testCase) {
    return GenerationOptions.defaults()
        .withSize(testCase.get("height").asInt(), testCase.get("width").asInt())
        .withNumInferenceSteps(testCase.get("steps").asInt())
        .withGuidanceScale(testCase.get("guidance_scale").asDouble());
  }

  private static GenerationRequest request(JsonNode testCase, JsonNode row) {
    return new GenerationRequest(
            testCase.get("prompt").asText(),
            testCase.get("negative_prompt").asText(),
            row.get("seed").asLong(),
            List.of())
        .withImagePrompt(
            IPAdapterFixtures.of(row.get("image").asText(), row.get("scale").asDouble()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aBatchWithSeveralPicturesAndScalesIsThatOfDiffusers(String name) {
    JsonNode testCase = Fixtures.testCase(CASES, name);
    Map<String, NDArray> golden = Fixtures.tensors("ip-adapter/golden.safetensors", manager);
    PretrainedOptions loading = loading(testCase.get("adapter").asText());
    List<GenerationRequest> requests = new ArrayList<>();
    testCase.get("rows").forEach(row -> requests.add(request(testCase, row)));

    assertThat(PretrainedFolder.check(Fixtures.sd1(), options(testCase), loading)).isEmpty();
    try (var pipeline = StableDiffusionPipeline.fromPretrained(Fixtures.sd1(), loading)) {
      List<BufferedImage> images =
          pipeline.generate(GenerationInputs.of(requests, options(testCase)));

      for (int i = 0; i < images.size(); i++) {
        String image = testCase.get("rows").get(i).get("image").asText();
        assertThat(Images.largestDifference(images.get(i), golden.get(name + "." + image)))
            .isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void picturesSurviveACollectionOfGarbage() {
    JsonNode testCase = Fixtures.testCase(CASES, "plain_without_cfg");
    List<GenerationRequest> requests = new ArrayList<>();
    testCase.get("rows").forEach(row -> requests.add(request(testCase, row)));
    GenerationInputs inputs = GenerationInputs.of(requests, options(testCase));
    List<ByteBuffer> taken = new ArrayList<>();
    try (var pipeline = StableDiffusionPipeline.fromPretrained(Fixtures.sd1(), loading("plain"))) {
      List<BufferedImage> images = pipeline.generate(inputs);
      List<BufferedImage> collected =
          pipeline.generate(
              inputs.withCallbackOnStepEnd(
                  (step, timestep, tensors) -> {
                    System.gc();
                    for (int i = 0; i < 1000; i++) { // in the place of memory that was freed
                      taken.add(ByteBuffer.allocateDirect(8).putInt(-1).putInt(-1));
                    }
                    return tensors;
                  }));

      for (int i = 0; i < images.size(); i++) {
        assertThat(Images.largestDifference(collected.get(i), images.get(i))).isZero();
      }
    }
  }

  @Test
  void rowsDoNotDependOnOthersAndAScaleOfZeroIsNoPicture() {
    JsonNode testCase = Fixtures.testCase(CASES, "plus");
    GenerationRequest row = request(testCase, testCase.get("rows").get(0));
    GenerationRequest other = request(testCase, testCase.get("rows").get(1));
    GenerationRequest without = row.withImagePrompt(IPAdapterFixtures.of("small", 0));
    try (var pipeline =
            LayoutGuidanceStableDiffusionPipeline.fromPretrained(Fixtures.sd1(), loading("plus"));
        var plain =
            LayoutGuidanceStableDiffusionPipeline.fromPretrained(
                Fixtures.sd1(), PretrainedOptions.cpu())) {
      List<BufferedImage> together =
          generate(pipeline, options(testCase), other, GenerationRequest.PADDING, row, without);
      GenerationRequest textOnly =
          new GenerationRequest(row.prompt(), row.negativePrompt(), row.seed(), List.of());

      assertThat(
              Images.largestDifference(
                  together.get(2), generate(pipeline, options(testCase), row).get(0)))
          .isLessThanOrEqualTo(1);
      assertThat(
              Images.largestDifference(
                  together.get(3), generate(plain, options(testCase), textOnly).get(0)))
          .isLessThanOrEqualTo(1);
    }
  }

  private static List<BufferedImage> generate(
      LayoutGuidanceStableDiffusionPipeline pipeline,
      GenerationOptions options,
      GenerationRequest... requests) {
    return pipeline.generate(List.of(requests), options, Guidances.of("paper")).stream()
        .map(image -> image == null ? null : image.image())
        .toList();
  }

  @Test
  void anAdapterAndAPictureNeedOneAnother() {
    GenerationRequest textOnly = new GenerationRequest("a cat", 1, List.of());
    GenerationRequest withPicture = textOnly.withImagePrompt(IPAdapterFixtures.of("wide", 1));
    try (var pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(Fixtures.sd1(), loading("plain"))) {
      assertThatThrownBy(() -> pipeline.checkRequest(textOnly, Guidances.of("paper")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Invalid ip_adapter_image: it is missing");
    }
    try (var pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(
            Fixtures.sd1(), PretrainedOptions.cpu())) {
      assertThatThrownBy(() -> pipeline.checkRequest(withPicture, Guidances.of("paper")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the pipeline has no IP-Adapter");
    }
    assertThatThrownBy(() -> IPAdapterFixtures.of("wide", Double.NaN))
        .hasMessageContaining("Invalid ip_adapter_scale: NaN");
  }

  @Test
  void theModelsOwnImageEncoderIsTheDefault() throws Exception {
    Path own = TinyModel.copyTo(folder).folder();
    var files = new IPAdapterFiles(IPAdapterFixtures.adapter("plain"), Optional.empty());
    assertRefused(own, files, "there is no such folder; give --image-encoder FOLDER");

    ModelCopy.of(IPAdapterFixtures.imageEncoder(), own.resolve("image_encoder"));
    assertThat(check(own, files)).isEmpty();
  }

  @Test
  void filesThatDoNotFitAreNamed() throws Exception {
    Path pickled = Files.createFile(folder.resolve("ip-adapter.bin"));
    assertThatThrownBy(() -> new IPAdapterFiles(pickled, Optional.empty()))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("ip-adapter.bin: it must be a .safetensors file");

    assertRefused(Fixtures.sd1(), "../loras/kohya", "it has no key ip_adapter.1.to_k_ip.weight");
    assertRefused(Fixtures.sd1(), "none", "there is no none.safetensors");
    assertRefused(Fixtures.sd2(), "plain", "mis-shaped");

    Path faces = folder.resolve("faces.safetensors");
    Files.copy(IPAdapterFixtures.adapter("full_face"), faces);
    SafeTensorsHeader.replace(faces, "image_proj.proj.3.", "image_proj.norm.");
    assertRefused(
        Fixtures.sd1(),
        new IPAdapterFiles(faces, Optional.of(IPAdapterFixtures.imageEncoder())),
        "it is a FaceID adapter");
  }

  private static void assertRefused(Path model, String adapter, String problem) {
    Path file = IPAdapterFixtures.adapter("plain").resolveSibling(adapter + ".safetensors");
    assertRefused(
        model, new IPAdapterFiles(file, Optional.of(IPAdapterFixtures.imageEncoder())), problem);
  }

  private static void assertRefused(Path model, IPAdapterFiles files, String problem) {
    assertThatThrownBy(() -> check(model, files))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(problem);
  }

  private static List<String> check(Path model, IPAdapterFiles files) {
    return PretrainedFolder.check(
        model, GenerationOptions.defaults(), PretrainedOptions.cpu().withIPAdapter(files));
  }
}
