package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.BatchShape;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.models.FeatureCache;
import io.boxwright.diffusion.pipelines.GenerationOptions.AttentionMaps;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.LibTorch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The behaviour of DeepCache in batches, on the tiny Stable Diffusion 1.x folder. */
class DeepCacheTest {

  private static final GenerationOptions OPTIONS =
      GenerationOptions.defaults()
          .withScheduler("EulerDiscreteScheduler")
          .withSize(64, 64)
          .withNumInferenceSteps(5);
  private static final GenerationOptions CACHED = OPTIONS.withCacheInterval(2);

  private static final Guidance TWO_STEPS = BackwardGuidance.paper().with("max_guidance_steps", 2);

  private static final GenerationRequest CAT =
      new GenerationRequest(
          "a cat playing with a ball",
          "",
          1,
          List.of(new LayoutObject("", List.of(2), List.of(new BoundingBox(0.5, 0.5, 1, 1)))));
  private static final GenerationRequest STAR =
      new GenerationRequest("a blue star", "", 3, List.of());

  private static LayoutGuidanceStableDiffusionPipeline pipeline;

  @BeforeAll
  static void load() {
    pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(
            Fixtures.sd1(), PretrainedOptions.cpu());
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  @ParameterizedTest
  @EnumSource
  void aRowDoesNotDependOnTheOthersOfItsBatch(BatchShape shape) {
    GenerationOptions options = CACHED.withBatchShape(shape);

    List<GeneratedImage> together = pipeline.generate(List.of(STAR, CAT), options, TWO_STEPS);

    assertThat(together.get(1).guidance().iterations()).isPositive();
    assertSame(together.get(0), pipeline.generate(List.of(STAR), options, TWO_STEPS).get(0));
    assertSame(together.get(1), pipeline.generate(List.of(CAT), options, TWO_STEPS).get(0));
  }

  private static void assertSame(GeneratedImage image, GeneratedImage other) {
    assertThat(Images.largestDifference(image.image(), other.image())).isLessThanOrEqualTo(1);
  }

  @Test
  void guidanceToTheLastStepLeavesNothingToCache() {
    Guidance always = TWO_STEPS.with("max_guidance_steps", 5);

    GeneratedImage cached = pipeline.generate(List.of(CAT), CACHED, always).get(0);
    GeneratedImage whole = pipeline.generate(List.of(CAT), OPTIONS, always).get(0);

    assertThat(Images.largestDifference(cached.image(), whole.image())).isZero();
    assertThat(cached.adherence()).isEqualTo(whole.adherence());
  }

  @Test
  void mapsAreMeansOfTheStepsThatComputeThem() {
    GenerationOptions keeping = CACHED.withAttentionMaps(AttentionMaps.KEEP);

    GeneratedImage oneOfTwo = // the second step takes the features of the first
        generateUnguided(keeping.withTimesteps(List.of(999, 500)));
    GeneratedImage one = generateUnguided(keeping.withTimesteps(List.of(999)));

    assertThat(oneOfTwo.attentionMaps()).usingRecursiveComparison().isEqualTo(one.attentionMaps());
  }

  private static GeneratedImage generateUnguided(GenerationOptions options) {
    return pipeline.generate(List.of(CAT), options, BackwardGuidance.none()).get(0);
  }

  @Test
  void cachedFeaturesOfTheSameInputsGiveTheSamePredictionAndOthersDoNot() {
    try (GradMode ignored = GradMode.disabled();
        NDManager manager = LibTorch.newManager(Device.cpu());
        FeatureCache cache = new FeatureCache()) {
      Denoiser denoiser = pipeline.stableDiffusion().denoiser();
      NDArray sample = manager.randomNormal(new Shape(1, 4, 8, 8));
      NDArray other = manager.randomNormal(new Shape(1, 4, 8, 8));
      NDArray timestep = Denoiser.makeTimestep(sample, 500);
      Conditioning both = // two prompts for each sample
          new Conditioning(manager.randomNormal(new Shape(2, 77, 32)), Optional.empty(), 7.5);

      NDArray whole = denoiser.predict(sample, timestep, both, cache);

      assertThat(denoiser.predict(sample, timestep, both, cache)).isEqualTo(whole);
      NDArray ofOther = denoiser.predict(other, timestep, both);
      assertThat(denoiser.predict(other, timestep, both, cache)).isNotEqualTo(ofOther);
      cache.clear();
      assertThat(denoiser.predict(other, timestep, both, cache)).isEqualTo(ofOther);
    }
  }

  @Test
  void anIntervalMustFitTheScheduler() {
    assertThatThrownBy(() -> OPTIONS.withCacheInterval(0))
        .hasMessage("Invalid option: cache_interval is 0, it must be at least 1");
    assertThatThrownBy(() -> pipeline.checkOptions(CACHED.withScheduler("HeunDiscreteScheduler")))
        .hasMessage(
            "Invalid option: cache_interval is 2, it must be odd with HeunDiscreteScheduler, which"
                + " repeats its timesteps");
  }
}
