package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.UNet2DConditionModel;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.models.attention.AttnProcessor;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import io.boxwright.testing.StubPipeline;
import io.boxwright.torch.LibTorch;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The behaviour of the guided pipeline, on the tiny Stable Diffusion 1.x folder with Euler steps.
 */
class LayoutGuidancePipelineTest {

  static final GenerationOptions OPTIONS =
      GenerationOptions.defaults()
          .withScheduler("EulerDiscreteScheduler")
          .withSize(192, 192)
          .withNumInferenceSteps(4);
  static final Guidance GUIDANCE = BackwardGuidance.paper();

  private static final GenerationRequest CAT =
      request("a cat playing with a ball", 1, object(2, 0.1, 0.2, 0.5, 0.8));
  private static final GenerationRequest CAT_AND_BALL =
      request(
          "a cat playing with a ball",
          2,
          object(2, 0.1, 0.2, 0.5, 0.8),
          object(6, 0.55, 0.4, 0.95, 0.8));
  private static final GenerationRequest NO_LAYOUT = request("a blue star", 3);
  private static final GenerationRequest DOG =
      request("a photo of a dog", 4, object(5, 0, 0, 0.9, 1));

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

  @Test
  void guidanceLowersLossAndMovesAttentionIntoTheBox() {
    GeneratedImage guided = generate(GUIDANCE, CAT).get(0);
    GeneratedImage unguided = generate(BackwardGuidance.none(), CAT).get(0);

    assertThat(guided.guidance().lossLast()).isLessThan(guided.guidance().lossFirst());
    assertThat(guided.adherence().orElseThrow().guided().inBoxMass())
        .isGreaterThan(unguided.adherence().orElseThrow().guided().inBoxMass());
  }

  @Test
  void weightsOfHalfPrecisionAreGuidedAlike() {
    PretrainedOptions half = new PretrainedOptions(Device.cpu(), DataType.FLOAT16, null);
    GenerationOptions fewSteps = OPTIONS.withNumInferenceSteps(1);
    GuidanceTrace expected = pipeline.generate(List.of(CAT), fewSteps, GUIDANCE).get(0).guidance();

    try (LayoutGuidanceStableDiffusionPipeline halfPipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(Fixtures.sd1(), half)) {
      GuidanceTrace actual =
          halfPipeline.generate(List.of(CAT), fewSteps, GUIDANCE).get(0).guidance();

      assertThat(actual.iterations()).isEqualTo(expected.iterations());
      assertThat(actual.lossFirst()).isCloseTo(expected.lossFirst(), within(0.01));
      assertThat(actual.lossLast()).isCloseTo(expected.lossLast(), within(0.01));
      assertThat(actual.lossLast()).isLessThan(actual.lossFirst());
    }
  }

  @Test
  void rowsOfAMixedBatchEqualTheSameRowsAlone() {
    List<GenerationRequest> requests = List.of(CAT, NO_LAYOUT, CAT_AND_BALL, DOG);

    List<GeneratedImage> together = pipeline.generate(requests, OPTIONS, GUIDANCE);

    for (int row = 0; row < requests.size(); row++) {
      GeneratedImage alone = generate(GUIDANCE, requests.get(row)).get(0);
      assertThat(Images.largestDifference(together.get(row).image(), alone.image()))
          .as("row %d", row)
          .isLessThanOrEqualTo(1);
      assertThat(together.get(row).guidance().iterations())
          .isEqualTo(alone.guidance().iterations());
      assertThat(together.get(row).adherence().isPresent())
          .isEqualTo(alone.adherence().isPresent());
    }
  }

  @Test
  void finishedRowIsGuidedNoMoreWhileOthersAre() {
    List<GeneratedImage> images = generate(GUIDANCE.with("loss_threshold", 0.3), CAT_AND_BALL, DOG);

    assertThat(images.get(1).guidance().lossLast()).isLessThanOrEqualTo(0.3);
    assertThat(images.get(1).guidance().iterations())
        .isLessThan(images.get(0).guidance().iterations());
  }

  @Test
  void rowWithoutLayoutIsPlainStableDiffusion() {
    GeneratedImage guided = generate(GUIDANCE, CAT, NO_LAYOUT).get(1);
    BufferedImage plain =
        pipeline
            .stableDiffusion()
            .generate(GenerationInputs.of(List.of(NO_LAYOUT), OPTIONS))
            .get(0);

    assertThat(Images.largestDifference(guided.image(), plain)).isLessThanOrEqualTo(1);
    assertThat(guided.adherence()).isEmpty();
    assertThat(guided.guidance().iterations()).isZero();
  }

  @Test
  void unguidedRowsAreScoredToo() {
    GeneratedImage image = generate(BackwardGuidance.none(), CAT).get(0);

    assertThat(image.guidance().iterations()).isZero();
    assertThat(image.guidance().lossFirst()).isNaN();
    assertThat(image.adherence().orElseThrow().heldOut().inBoxMass()).isBetween(0.0, 1.0);
  }

  @Test
  void iterationsAreLimitedByStepsAndIterations() {
    Guidance twice =
        GUIDANCE
            .with("max_guidance_steps", 2)
            .with("max_iterations_per_step", 3)
            .with("loss_threshold", 0);

    assertThat(generate(twice, CAT).get(0).guidance().iterations()).isEqualTo(6);
  }

  @Test
  void attentionMapsComeWhenAskedFor() {
    GenerationOptions keeping =
        OPTIONS.withAttentionMaps(GenerationOptions.AttentionMaps.KEEP).withNumInferenceSteps(2);

    List<AttentionMap> maps =
        pipeline.generate(List.of(CAT_AND_BALL), keeping, GUIDANCE).get(0).attentionMaps();

    assertThat(maps).extracting(AttentionMap::object).contains(0, 1);
    assertThat(maps)
        .filteredOn(map -> map.layer().startsWith("up_blocks.1."))
        .allSatisfy(
            map -> {
              assertThat(map.height()).isEqualTo(6);
              assertThat(map.width()).isEqualTo(6);
              assertThat(map.values()).hasSize(36);
            });
    assertThat(generate(GUIDANCE, CAT).get(0).attentionMaps()).isEmpty();
  }

  @Test
  void twoThreadsAtOnceGiveWhatEachGivesAlone() {
    GeneratedImage catAlone = generate(GUIDANCE, CAT).get(0);
    GeneratedImage dogAlone = generate(GUIDANCE, DOG).get(0);

    CompletableFuture<List<GeneratedImage>> cat =
        CompletableFuture.supplyAsync(() -> generate(GUIDANCE, CAT));
    CompletableFuture<List<GeneratedImage>> dog =
        CompletableFuture.supplyAsync(() -> generate(GUIDANCE, DOG));

    assertThat(Images.largestDifference(cat.join().get(0).image(), catAlone.image())).isZero();
    assertThat(Images.largestDifference(dog.join().get(0).image(), dogAlone.image())).isZero();
  }

  @Test
  void longPromptsAreCutWithAWarning() {
    String prompt = "a cat " + "playing with a ball ".repeat(30);

    GeneratedImage image =
        pipeline
            .generate(List.of(request(prompt, 1)), OPTIONS.withNumInferenceSteps(1), GUIDANCE)
            .get(0);

    assertThat(image.warnings()).hasSize(1);
    assertThat(image.warnings().get(0)).startsWith("The prompt was cut to its first 75 tokens");
  }

  @Test
  void specialTokensInsideThePromptAreRefused() {
    GenerationRequest spelled = request("a <|endoftext|> cat", 1, object(2, 0, 0, 1, 1));

    assertThatThrownBy(() -> pipeline.checkRequest(spelled, GUIDANCE))
        .hasMessage("Invalid token index 2: that is a special token");
  }

  @Test
  void latentsThatAreNoNumbersAreReported() {
    List<GeneratedImage> images = generate(GUIDANCE.with("loss_scale", 1e38), CAT, NO_LAYOUT);

    assertThat(images.get(0).finite()).isFalse();
    assertThat(images.get(1).finite()).isTrue();
  }

  @Test
  void guidedLatentsAreThoseOfTheImages() {
    GenerationInputs inputs = GenerationInputs.of(List.of(CAT), OPTIONS);
    try (NDManager manager = LibTorch.newManager(Device.cpu())) {
      NDArray guided = pipeline.generateLatents(manager, inputs, GUIDANCE);
      NDArray plain = pipeline.stableDiffusion().generateLatents(manager, inputs);

      assertThat(guided.getShape()).isEqualTo(new Shape(1, 4, 24, 24));
      assertThat(guided.sub(plain).abs().max().getFloat()).isGreaterThan(0.01f);
    }
  }

  @Test
  void promptEmbedsNeedNoPrompts() {
    GenerationRequest nameless =
        new GenerationRequest(null, 1, List.of(object(2, 0.1, 0.2, 0.5, 0.8)));
    try (NDManager manager = LibTorch.newManager(Device.cpu())) {
      NDArray embeds = manager.randomNormal(new Shape(1, 77, 32));
      GenerationInputs inputs =
          GenerationInputs.of(List.of(nameless), OPTIONS).withPromptEmbeds(embeds);

      assertThat(pipeline.generate(inputs, GUIDANCE).get(0).guidance().iterations()).isPositive();
    }
    assertThatThrownBy(() -> generate(GUIDANCE, nameless))
        .hasMessage("Invalid prompt: it is empty");
  }

  @Test
  void guidanceReadsTheStatesThatACallbackReplaced() {
    Guidance always = GUIDANCE.with("loss_threshold", 0);
    GenerationInputs cat = GenerationInputs.of(List.of(CAT), OPTIONS.withNumInferenceSteps(2));
    GenerationRequest circle = request("a red circle", 1, object(2, 0.1, 0.2, 0.5, 0.8));
    GenerationInputs other = cat.withRequests(List.of(circle));
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      NDArray latents = manager.ones(new Shape(1, 4, 24, 24));
      NDArray states = manager.randomNormal(new Shape(1, 77, 32));
      StepCallback startAnew =
          (step, timestep, tensors) ->
              step > 0
                  ? tensors
                  : tensors.withLatents(latents.duplicate()).withPromptEmbeds(states.duplicate());

      NDArray ofCat =
          pipeline.generateLatents(manager, cat.withCallbackOnStepEnd(startAnew), always);
      NDArray ofOther =
          pipeline.generateLatents(manager, other.withCallbackOnStepEnd(startAnew), always);

      assertThat(ofCat.sub(ofOther).abs().max().getFloat()).isZero();
    }
  }

  @Test
  void processorsThatWereSetStaySet() {
    UNet2DConditionModel unet = (UNet2DConditionModel) pipeline.stableDiffusion().denoiser();
    AtomicInteger calls = new AtomicInteger();
    AttentionProcessor fused = new AttnProcessor();
    unet.setAttnProcessor(
        (attention, states, encoderStates) -> {
          calls.incrementAndGet();
          return fused.process(attention, states, encoderStates);
        });
    try {
      generate(GUIDANCE, CAT);
      int once = calls.get();
      generate(GUIDANCE, CAT);

      assertThat(once).isPositive();
      assertThat(calls.get()).isEqualTo(2 * once);
    } finally {
      unet.setAttnProcessor(fused);
    }
  }

  @Test
  void nativeMemoryIsGivenBackAfterEachCall() {
    generate(GUIDANCE, CAT);
    int arrays = pipeline.stableDiffusion().manager().getManagedArrays().size();

    generate(GUIDANCE, CAT_AND_BALL, DOG);

    assertThat(pipeline.stableDiffusion().manager().getManagedArrays()).hasSize(arrays);
  }

  @Test
  void tokensOutsideThePromptAreRefused() {
    assertRefused(object(0, 0, 0, 1, 1), "Invalid token index 0: that is the start token");
    assertRefused(object(7, 0, 0, 1, 1), "Invalid token index 7: that is the end token");
    assertRefused(object(8, 0, 0, 1, 1), "Invalid token index 8: the prompt has tokens 1 to 6");
    assertRefused(object(-1, 0, 0, 1, 1), "Invalid token index -1: the prompt has tokens 1 to 6");
  }

  @Test
  void tokensInTheCutPartAreRefused() {
    GenerationRequest cut =
        request("a cat " + "playing with a ball ".repeat(30), 1, object(90, 0, 0, 1, 1));

    assertThatThrownBy(() -> pipeline.checkRequest(cut, GUIDANCE))
        .hasMessageContaining("after the first 75 tokens, where the prompt is cut");
  }

  @Test
  void tflcgRefusesSeveralBoxesOfAnObject() {
    LayoutObject twice =
        new LayoutObject(
            "", List.of(2), List.of(new BoundingBox(0, 0, 0.5, 1), new BoundingBox(0.6, 0, 1, 1)));

    assertThatThrownBy(
            () -> pipeline.checkRequest(request("a cat", 1, twice), BackwardGuidance.tflcg()))
        .hasMessage("Invalid boxes: tokens [2] have 2 boxes, but this guidance takes 1 per object");
  }

  @Test
  void aRequestThatCarriesItsTokensIsNotCutAgain() {
    GenerationRequest plain = request("a red circle", 1);
    GenerationRequest cutOtherwise = plain.tokenized(new StubPipeline().tokenizer());

    assertThat(pipeline.checkRequest(plain, GUIDANCE).tokens().text()).isEqualTo("a red circle");
    assertThat(pipeline.checkRequest(cutOtherwise, GUIDANCE)).isSameAs(cutOtherwise);
    assertThat(
            Images.largestDifference(
                generate(GUIDANCE, cutOtherwise).get(0).image(),
                generate(GUIDANCE, plain).get(0).image()))
        .isPositive();
  }

  @Test
  void phrasesBecomeTokenIndices() {
    assertThat(pipeline.tokenIndices("a cat playing with a ball", "a ball")).containsExactly(5, 6);
    assertThat(pipeline.tokens("a cat")).hasSize(4);
    assertThatThrownBy(() -> pipeline.tokenIndices("a cat", "dog"))
        .hasMessageContaining("phrase 'dog' does not occur");
  }

  @Test
  void drawnBoxesLeaveTheImageItselfAlone() {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);

    BufferedImage drawn =
        LayoutGuidanceStableDiffusionPipeline.drawBox(
            image, List.of(new BoundingBox(0.25, 0.25, 0.75, 0.75)));

    assertThat(drawn.getRGB(16, 32) & 0xffffff).isNotZero();
    assertThat(image.getRGB(16, 32) & 0xffffff).isZero();
  }

  @Test
  void scoresArePutTogetherFromObjects() {
    List<Double> masses = new ArrayList<>();
    GeneratedImage image = generate(GUIDANCE, CAT_AND_BALL).get(0);
    image.adherence().orElseThrow().objects().forEach(o -> masses.add(o.guided().inBoxMass()));

    assertThat(image.adherence().orElseThrow().guided().inBoxMass())
        .isCloseTo((masses.get(0) + masses.get(1)) / 2, within(1e-9));
  }

  private static void assertRefused(LayoutObject object, String message) {
    GenerationRequest wrong = request("a cat playing with a ball", 1, object);
    assertThatThrownBy(() -> generate(GUIDANCE, wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static List<GeneratedImage> generate(Guidance guidance, GenerationRequest... requests) {
    return pipeline.generate(List.of(requests), OPTIONS, guidance);
  }

  static GenerationRequest request(String prompt, long seed, LayoutObject... objects) {
    return new GenerationRequest(prompt, seed, List.of(objects));
  }

  static LayoutObject object(int token, double xMin, double yMin, double xMax, double yMax) {
    return new LayoutObject("", List.of(token), List.of(new BoundingBox(xMin, yMin, xMax, yMax)));
  }
}
