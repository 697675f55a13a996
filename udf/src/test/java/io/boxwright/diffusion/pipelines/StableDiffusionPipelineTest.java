package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import io.boxwright.torch.LibTorch;
import io.boxwright.torch.TorchKernels;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The ways to call the pipeline, on the tiny Stable Diffusion 1.x folder. */
class StableDiffusionPipelineTest {

  private static final GenerationOptions OPTIONS =
      GenerationOptions.defaults().withSize(64, 64).withNumInferenceSteps(2);
  private static final List<GenerationRequest> CAT =
      List.of(new GenerationRequest("a cat", 7, List.of()));

  private static StableDiffusionPipeline pipeline;
  private final NDManager manager = LibTorch.newManager(Device.cpu());

  @BeforeAll
  static void load() {
    pipeline = StableDiffusionPipeline.fromPretrained(Fixtures.sd1(), PretrainedOptions.cpu());
  }

  @AfterAll
  static void closePipeline() {
    pipeline.close();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void givenLatentsReplaceTheSeed() {
    NDArray noise = TorchKernels.randn(manager, 7, 1, new Shape(1, 4, 8, 8)).get(0);
    List<GenerationRequest> otherSeed = List.of(new GenerationRequest("a cat", 12345, List.of()));

    BufferedImage seeded = generate(inputs(CAT));
    BufferedImage given = generate(inputs(otherSeed).withLatents(noise));

    assertThat(Images.largestDifference(seeded, given)).isZero();
    assertThat(Images.largestDifference(seeded, generate(inputs(otherSeed)))).isPositive();
  }

  @Test
  void givenPromptEmbedsReplaceThePrompts() {
    NDArray embeds = manager.randomNormal(new Shape(1, 77, 32));
    GenerationInputs other =
        inputs(List.of(new GenerationRequest("a dog", 7, List.of()))).withPromptEmbeds(embeds);

    BufferedImage ofCat = generate(inputs(CAT).withPromptEmbeds(embeds));

    assertThat(Images.largestDifference(ofCat, generate(other))).isZero();
    assertThat(Images.largestDifference(ofCat, generate(inputs(CAT)))).isPositive();
    assertThat(embeds.getShape()).isEqualTo(new Shape(1, 77, 32)); // still the caller's
  }

  @Test
  void negativePromptEmbedsReplaceTheNegativePrompt() {
    NDArray negative = manager.randomNormal(new Shape(1, 77, 32));

    BufferedImage image = generate(inputs(CAT).withNegativePromptEmbeds(negative));

    assertThat(Images.largestDifference(image, generate(inputs(CAT)))).isPositive();
  }

  @Test
  void callbackSeesEachStepAndMayReplaceLatents() {
    List<Double> timesteps = new ArrayList<>();
    GenerationInputs watched =
        inputs(CAT)
            .withCallbackOnStepEnd(
                (step, timestep, tensors) -> {
                  timesteps.add(timestep);
                  return tensors;
                });
    GenerationInputs zeroed =
        inputs(CAT)
            .withCallbackOnStepEnd(
                (step, timestep, tensors) ->
                    tensors.withLatents(TorchKernels.scale(0, tensors.latents())));

    NDArray latents = pipeline.generateLatents(manager, watched);

    assertThat(timesteps).isSortedAccordingTo((a, b) -> Double.compare(b, a)).hasSize(3);
    assertThat(pipeline.generateLatents(manager, zeroed).abs().max().getFloat()).isZero();
    assertThat(latents.getShape()).isEqualTo(new Shape(1, 4, 8, 8));
  }

  @Test
  void anImageOfASharedGeneratorDoesNotDependOnItsBatch() {
    GenerationRequest last = CAT.get(0).withPlace(new GeneratorPlace(2, 3));
    GenerationRequest first = CAT.get(0).withPlace(new GeneratorPlace(0, 3));

    BufferedImage alone = generate(inputs(List.of(last)));
    List<BufferedImage> together = pipeline.generate(inputs(List.of(last, first, CAT.get(0))));

    assertThat(Images.largestDifference(together.get(0), alone)).isLessThanOrEqualTo(1);
    assertThat(Images.largestDifference(together.get(1), alone)).isGreaterThan(1);
  }

  @Test
  void statesOfACallbackMustFit() {
    GenerationInputs wide =
        inputs(CAT)
            .withCallbackOnStepEnd(
                (step, timestep, tensors) -> tensors.withPromptEmbeds(tensors.latents()));
    GenerationInputs without =
        GenerationInputs.of(CAT, OPTIONS.withGuidanceScale(1))
            .withCallbackOnStepEnd(
                (step, timestep, tensors) ->
                    tensors.withNegativePromptEmbeds(tensors.promptEmbeds()));

    assertThatThrownBy(() -> generate(wide))
        .hasMessageMatching("Invalid prompt_embeds: shape \\(1, 4, 8, 8\\), it must be .*");
    assertThatThrownBy(() -> generate(without))
        .hasMessageContaining("Invalid negative_prompt_embeds: there are some with");
  }

  @Test
  void sizeIsTheModelsOwnUnlessGiven() {
    GenerationOptions open = GenerationOptions.defaults().withNumInferenceSteps(1);

    assertThat(pipeline.withModelSize(open).height()).isEqualTo(256);
    assertThat(pipeline.withModelSize(open.withSize(0, 64)).width()).isEqualTo(64);
  }

  @Test
  void inputsThatDoNotFitAreRefusedByName() {
    NDArray small = manager.zeros(new Shape(1, 4, 4, 4));

    assertThatThrownBy(() -> generate(inputs(CAT).withLatents(small)))
        .hasMessage("Invalid latents: shape (1, 4, 4, 4), it must be (1, 4, 8, 8)");
    assertThatThrownBy(() -> generate(inputs(CAT).withPromptEmbeds(small)))
        .hasMessageContaining("Invalid prompt_embeds: shape (1, 4, 4, 4)");
    assertThatThrownBy(() -> generate(GenerationInputs.of(CAT, OPTIONS.withSize(65, 64))))
        .hasMessageContaining("height")
        .hasMessageContaining("65")
        .hasMessageContaining("multiple of 8");
    assertThatThrownBy(() -> generate(inputs(List.of(new GenerationRequest(" ", 1, List.of())))))
        .hasMessage("Invalid prompt: it is empty");
    assertThatThrownBy(() -> GenerationInputs.of(List.of(), OPTIONS))
        .hasMessageContaining("no requests");
  }

  @Test
  void unknownSchedulerAndImpossibleStepsAreRefusedByName() {
    assertThatThrownBy(() -> pipeline.checkOptions(OPTIONS.withScheduler("NoSuchScheduler")))
        .hasMessageContaining("Unknown scheduler NoSuchScheduler")
        .hasMessageContaining("EulerDiscreteScheduler");
    assertThatThrownBy(() -> pipeline.checkOptions(OPTIONS.withNumInferenceSteps(1001)))
        .hasMessageContaining("num_inference_steps is 1001");
  }

  @Test
  void folderWithoutModelIndexIsRefused() {
    assertThatThrownBy(
            () ->
                StableDiffusionPipeline.fromPretrained(
                    Path.of("no", "such", "folder"), PretrainedOptions.cpu()))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("no/such/folder");
  }

  private static GenerationInputs inputs(List<GenerationRequest> requests) {
    return GenerationInputs.of(requests, OPTIONS);
  }

  private static BufferedImage generate(GenerationInputs inputs) {
    return pipeline.generate(inputs).get(0);
  }
}
