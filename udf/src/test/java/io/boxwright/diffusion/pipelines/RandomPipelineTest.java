package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.RandomModel;
import io.boxwright.testing.Images;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pipelines whose weights are drawn at random, not read. */
class RandomPipelineTest {

  private static final GenerationOptions OPTIONS =
      GenerationOptions.defaults().withNumInferenceSteps(2);
  private static final Guidance GUIDANCE =
      BackwardGuidance.paper().with("loss_threshold", 0).with("max_iterations_per_step", 1);
  private static final GenerationRequest CIRCLE =
      new GenerationRequest(
          "a red circle",
          1,
          List.of(
              new LayoutObject(
                  "circle", List.of(3), List.of(new BoundingBox(0.1, 0.1, 0.5, 0.5)))));

  @TempDir private Path cache;

  private LayoutGuidanceStableDiffusionPipeline tiny(PretrainedOptions options) {
    return LayoutGuidanceStableDiffusionPipeline.fromConfig(
        RandomModel.TINY.folder(new ModelCache(cache)), options);
  }

  private static GeneratedImage generate(LayoutGuidanceStableDiffusionPipeline pipeline) {
    return pipeline.generate(List.of(CIRCLE), OPTIONS, GUIDANCE).get(0);
  }

  @Test
  void needsNoWeightFilesToBeGuided() {
    try (LayoutGuidanceStableDiffusionPipeline pipeline = tiny(PretrainedOptions.cpu())) {
      GeneratedImage image = generate(pipeline);

      assertThat(image.finite()).isTrue();
      assertThat(image.image().getWidth()).isEqualTo(128);
      assertThat(image.guidance().iterations()).isEqualTo(3); // PNDM's third prediction
      assertThat(image.guidance().lossFirst()).isBetween(0.0, 1.0);
    }
  }

  @Test
  void drawsOtherWeightsEachTime() {
    try (LayoutGuidanceStableDiffusionPipeline one = tiny(PretrainedOptions.cpu());
        LayoutGuidanceStableDiffusionPipeline other = tiny(PretrainedOptions.cpu())) {
      assertThat(Images.largestDifference(generate(one).image(), generate(other).image()))
          .isPositive();
    }
  }

  @Test
  void hasNoVariants() {
    assertThatThrownBy(() -> tiny(new PretrainedOptions(Device.cpu(), DataType.FLOAT32, "fp16")))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("no part has weights of the variant fp16");
  }

  @ParameterizedTest
  @EnumSource
  void thePartsOfEveryArchitectureFitTogether(RandomModel model) {
    Path folder = model.folder(new ModelCache(cache));

    assertThatCode(
            () ->
                PipelineParts.of(
                    ModelIndex.open(folder), null, (part, partFolder, name, variant) -> null))
        .doesNotThrowAnyException();
    assertThatCode(
            () ->
                new RunScheduler(
                        PretrainedFolder.readSchedulerConfig(ModelIndex.open(folder)), OPTIONS)
                    .create()
                    .close())
        .doesNotThrowAnyException();
  }

  @Test
  void everyStageOfAGuidedImageIsTimed() {
    try (LayoutGuidanceStableDiffusionPipeline pipeline = tiny(PretrainedOptions.cpu())) {
      pipeline.stableDiffusion().waitAtStages();
      generate(pipeline);

      Map<Stage, Duration> stages = pipeline.stages();

      assertThat(stages)
          .containsOnlyKeys(
              Stage.ENCODE, Stage.GUIDE, Stage.DENOISE, Stage.SCHEDULE, Stage.SCORE, Stage.DECODE);
      assertThat(stages.values()).allMatch(time -> time.toNanos() > 0);
    }
  }
}
