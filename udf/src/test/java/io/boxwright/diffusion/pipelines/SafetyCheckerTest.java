package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.clip.CLIPImageProcessor;
import io.boxwright.diffusion.guidance.Guidances;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.pipelines.PretrainedOptions.SafetyCheck;
import io.boxwright.testing.DetectorFixtures;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import io.boxwright.testing.ModelCopy;
import io.boxwright.testing.SafeTensorsHeader;
import io.boxwright.testing.SafetyFixtures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The safety checker finds what diffusers finds: the fixtures of {@code safety_fixtures.py}. */
class SafetyCheckerTest {

  private static final PretrainedOptions UNCHECKED =
      PretrainedOptions.cpu().withSafetyCheck(SafetyCheck.NONE);

  private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
  private final Map<String, NDArray> expected =
      Fixtures.tensors("safety/safety.safetensors", manager);

  @TempDir private Path folder;

  @AfterEach
  void close() {
    manager.close();
  }

  private StableDiffusionSafetyChecker load(Path checker) {
    List<String> notes = new ArrayList<>();
    StateDict weights =
        StateDict.open("safety_checker", checker, "model", null, manager, DataType.FLOAT32);
    StableDiffusionSafetyChecker loaded =
        StableDiffusionSafetyChecker.load(
            checker, SafetyFixtures.part("feature_extractor"), weights, manager, notes::add);
    assertThat(notes).isEmpty();
    return loaded;
  }

  private static List<BufferedImage> pictures() {
    return SafetyFixtures.pictures().stream().map(DetectorFixtures::image).toList();
  }

  private List<GeneratedImage> generate(PretrainedOptions options) {
    try (var pipeline = LayoutGuidanceStableDiffusionPipeline.fromPretrained(folder, options)) {
      return pipeline.generate(
          SafetyFixtures.requests(), SafetyFixtures.options(), Guidances.of("paper"));
    }
  }

  @Test
  void preparesImagesAsTheProcessorOfTransformersWithPillow() {
    var processor = CLIPImageProcessor.fromPretrained(SafetyFixtures.part("feature_extractor"));

    Fixtures.assertWithin(processor.process(pictures(), manager), expected.get("pixels"), 1e-5);
  }

  @Test
  void comparesPicturesWithConceptsAsDiffusers() {
    List<StableDiffusionSafetyChecker.Cosines> cosines =
        load(SafetyFixtures.part("safety_checker")).compare(pictures());

    for (int i = 0; i < cosines.size(); i++) {
      Fixtures.assertWithin(
          manager.create(cosines.get(i).special()), expected.get("special_cosines").get(i), 1e-5);
      Fixtures.assertWithin(
          manager.create(cosines.get(i).usual()), expected.get("cosines").get(i), 1e-5);
    }
  }

  @Test
  void flagsThePicturesThatDiffusersFlags() {
    // one by a concept, one by special care; not by special care alone, not by a score of 0.000
    assertThat(load(SafetyFixtures.part("safety_checker")).findUnsafe(pictures()))
        .isEqualTo(SafetyFixtures.pictures().stream().map(SafetyFixtures::isUnsafe).toList());
  }

  @Test
  void readsTheNamesOfTransformers5() throws IOException {
    Path renamed =
        ModelCopy.of(SafetyFixtures.part("safety_checker"), folder.resolve("5")).folder();
    SafeTensorsHeader.replace(
        renamed.resolve("model.safetensors"), "vision_model.vision_model.", "vision_model.");

    assertThat(load(renamed).findUnsafe(pictures()))
        .isEqualTo(load(SafetyFixtures.part("safety_checker")).findUnsafe(pictures()));
  }

  @Test
  void makesUnsafeImagesBlackAndLeavesTheOthers() throws IOException {
    SafetyFixtures.copyModelTo(folder);

    List<GeneratedImage> images = generate(PretrainedOptions.cpu());

    assertThat(images.get(0).nsfw()).contains(true);
    assertThat(Images.largestDifference(images.get(0).image(), expected.get("first"))).isZero();
    assertThat(images.get(1).nsfw()).contains(false);
    assertThat(Images.largestDifference(images.get(1).image(), expected.get("second")))
        .isLessThanOrEqualTo(1);
  }

  @Test
  void aPipelineWithoutLayoutsMakesThemBlackToo() throws IOException {
    SafetyFixtures.copyModelTo(folder);
    try (var pipeline = StableDiffusionPipeline.fromPretrained(folder, PretrainedOptions.cpu())) {
      BufferedImage first =
          pipeline
              .generate(GenerationInputs.of(SafetyFixtures.requests(), SafetyFixtures.options()))
              .get(0);

      assertThat(Images.largestDifference(first, expected.get("first"))).isZero();
    }
  }

  @Test
  void withoutACheckImagesStayAndTheirNotesSaySo() throws IOException {
    SafetyFixtures.copyModelTo(folder);

    GeneratedImage first = generate(UNCHECKED).get(0);

    assertThat(first.nsfw()).isEmpty();
    assertThat(Images.largestDifference(first.image(), expected.get("first_unchecked")))
        .isLessThanOrEqualTo(1);
    assertThat(PretrainedFolder.check(folder, SafetyFixtures.options(), UNCHECKED))
        .containsExactly(
            "safety_checker (StableDiffusionSafetyChecker) is not applied: images are not checked"
                + " for unsafe content");
    assertThat(PretrainedFolder.check(folder, SafetyFixtures.options(), PretrainedOptions.cpu()))
        .isEmpty();
  }

  @Test
  void paddingAndFoldersWithoutACheckerAreNotChecked() throws IOException {
    SafetyFixtures.copyModelTo(folder);
    GenerationRequest first = SafetyFixtures.requests().get(0);
    try (var pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(folder, PretrainedOptions.cpu())) {
      List<GeneratedImage> images =
          pipeline.generate(
              List.of(GenerationRequest.PADDING, first),
              SafetyFixtures.options(),
              Guidances.of("paper"));

      assertThat(images.get(0)).isNull();
      assertThat(images.get(1).nsfw()).contains(true);
    }
    try (var pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(
            Fixtures.sd1(), PretrainedOptions.cpu())) {
      assertThat(
              pipeline
                  .generate(List.of(first), SafetyFixtures.options(), Guidances.of("paper"))
                  .get(0)
                  .nsfw())
          .isEqualTo(Optional.empty());
    }
  }

  @Test
  void aCheckerThatIsNotWholeIsRefusedWithTheWayOut() throws IOException {
    ModelCopy copy = SafetyFixtures.copyModelTo(folder);
    copy.set("model_index.json", "feature_extractor", "[null, null]");
    assertRefused("model_index.json names no class for the part feature_extractor");

    SafetyFixtures.copyModelTo(folder).without("safety_checker/model.safetensors");
    assertRefused("there is no model.safetensors");
    Files.createFile(folder.resolve("safety_checker/pytorch_model.bin"));
    assertRefused("its weights are pickled");

    SafetyFixtures.copyModelTo(folder)
        .set("model_index.json", "safety_checker", "[\"mine\", \"MyChecker\"]");
    assertRefused("class MyChecker of part safety_checker is not supported");
  }

  private void assertRefused(String problem) {
    assertThatThrownBy(
            () -> PretrainedFolder.check(folder, SafetyFixtures.options(), PretrainedOptions.cpu()))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(problem)
        .hasMessageEndingWith("; or do without: --no-safety-checker");
    PretrainedFolder.check(folder, SafetyFixtures.options(), UNCHECKED);
  }
}
