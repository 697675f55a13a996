package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.models.attention.AttnProcessor;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.IPAdapterFixtures;
import io.boxwright.testing.Images;
import io.boxwright.torch.cuda.RerunningRecorder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Recorded passes give what passes give that are computed anew, whatever the rows are. */
class GraphedDenoiserTest {

  private static final GenerationOptions OPTIONS = LayoutGuidancePipelineTest.OPTIONS;
  private static final Guidance GUIDANCE =
      LayoutGuidancePipelineTest.GUIDANCE.with("loss_threshold", 0.0);
  private static final GenerationRequest CAT =
      LayoutGuidancePipelineTest.request(
          "a cat playing with a ball", 1, LayoutGuidancePipelineTest.object(2, 0.1, 0.2, 0.5, 0.8));
  private static final GenerationRequest DOG =
      LayoutGuidancePipelineTest.request(
          "a dog beside a red bicycle",
          2,
          LayoutGuidancePipelineTest.object(2, 0.5, 0.1, 0.9, 0.6),
          LayoutGuidancePipelineTest.object(6, 0.0, 0.4, 0.3, 1.0));

  private final RerunningRecorder recorder = new RerunningRecorder();

  @AfterEach
  void close() {
    recorder.close();
  }

  private static LayoutGuidanceStableDiffusionPipeline open(PretrainedOptions options) {
    return LayoutGuidanceStableDiffusionPipeline.fromPretrained(Fixtures.sd1(), options);
  }

  /** Generates batches one after another, without recordings and with them. */
  private void assertSame(
      PretrainedOptions pretrained, List<GenerationInputs> batches, int recordings) {
    assertSame(pretrained, GUIDANCE, batches, recordings);
  }

  private void assertSame(
      PretrainedOptions pretrained,
      Guidance guidance,
      List<GenerationInputs> batches,
      int recordings) {
    recorder.close();
    try (LayoutGuidanceStableDiffusionPipeline plain = open(pretrained);
        RerunningRecorder used = new RerunningRecorder();
        LayoutGuidanceStableDiffusionPipeline recorded = open(pretrained)) {
      for (GenerationInputs inputs : batches) {
        List<GeneratedImage> expected = plain.generate(inputs, guidance);
        List<GeneratedImage> actual = recorded.generate(inputs, guidance);
        for (int row = 0; row < expected.size(); row++) {
          assertSame(actual.get(row), expected.get(row));
        }
      }
      assertThat(used.recordings()).isEqualTo(recordings);
      assertThat(used.replays()).isGreaterThan(10);
    }
  }

  private static void assertSame(GeneratedImage actual, GeneratedImage expected) {
    assertThat(Images.largestDifference(actual.image(), expected.image())).isZero();
    assertThat(actual.guidance()).isEqualTo(expected.guidance());
    assertThat(actual.adherence()).isEqualTo(expected.adherence());
  }

  private static GenerationInputs inputs(GenerationOptions options, GenerationRequest... rows) {
    return GenerationInputs.of(List.of(rows), options);
  }

  @Test
  void laterBatchesReplayWhatTheFirstRecorded() {
    GenerationInputs cat = inputs(OPTIONS, CAT);
    GenerationInputs dog = inputs(OPTIONS.withScheduler("HeunDiscreteScheduler"), DOG);

    // A guided pass, whatever the number of objects, and a prediction.
    assertSame(PretrainedOptions.cpu(), List.of(cat, dog, cat, dog), 2);
  }

  @Test
  void picturesOfAnIPAdapterAreInputs() {
    GenerationInputs small =
        inputs(OPTIONS, CAT.withImagePrompt(IPAdapterFixtures.of("small", 0.7)));
    GenerationInputs weak =
        inputs(OPTIONS, CAT.withImagePrompt(IPAdapterFixtures.of("small", 0.1)));

    assertSame(
        PretrainedOptions.cpu().withIPAdapter(IPAdapterFixtures.files("plain")),
        List.of(small, weak),
        2);
  }

  @Test
  void passesWithoutTheUnconditionalHalfAreOthers() {
    GenerationInputs cutOff = inputs(OPTIONS.withCutoffStepRatio(0.5), CAT);

    assertSame(PretrainedOptions.cpu(), List.of(cutOff, cutOff), 3);
  }

  @Test
  void cachedFeaturesAreInputsAndResults() {
    GenerationOptions cached = OPTIONS.withNumInferenceSteps(5).withCacheInterval(2);
    GenerationInputs cat = inputs(cached, CAT);
    GenerationInputs dog = inputs(cached.withGuidanceScale(7.5), DOG);

    // A guided pass; whole, filling and cached predictions.
    assertSame(
        PretrainedOptions.cpu(),
        GUIDANCE.with("max_guidance_steps", 2),
        List.of(cat, dog, cat, dog),
        4);
  }

  @Test
  void nothingIsRecordedAfterAFailure() {
    recorder.failAtReplay(7);
    try (LayoutGuidanceStableDiffusionPipeline recorded = open(PretrainedOptions.cpu())) {
      GeneratedImage image = recorded.generate(inputs(OPTIONS, CAT), GUIDANCE).get(0);
      GeneratedImage later = recorded.generate(inputs(OPTIONS, CAT), GUIDANCE).get(0);

      assertThat(recorder.replays()).isEqualTo(7);
      assertThat(recorder.recordings()).isEqualTo(1);
      assertSame(image, later);
      assertThat(recorded.freeMemory()).isFalse();
    }
  }

  @Test
  void aPassThatCannotBeRecordedCountsOnce() {
    GenerationInputs unguided = inputs(OPTIONS, CAT);
    Guidance none = GUIDANCE.with("max_guidance_steps", 0);
    recorder.close();
    try (LayoutGuidanceStableDiffusionPipeline plain = open(PretrainedOptions.cpu());
        RerunningRecorder failing = new RerunningRecorder();
        LayoutGuidanceStableDiffusionPipeline recorded = open(PretrainedOptions.cpu())) {
      failing.failAtRecordings();

      assertSame(recorded.generate(unguided, none).get(0), plain.generate(unguided, none).get(0));
      assertThat(failing.recordings()).isEqualTo(1);
    }
  }

  @Test
  void memoryIsFreedOnce() {
    try (LayoutGuidanceStableDiffusionPipeline recorded = open(PretrainedOptions.cpu())) {
      recorded.generate(inputs(OPTIONS, CAT), GUIDANCE);

      assertThat(recorded.freeMemory()).isTrue();
      assertThat(recorded.freeMemory()).isFalse();
    }
  }

  @Test
  void onlySmallerBatchesAreRecordedAfterMemoryRanOut() {
    try (LayoutGuidanceStableDiffusionPipeline recorded = open(PretrainedOptions.cpu())) {
      recorded.generate(inputs(OPTIONS, CAT, DOG), GUIDANCE);
      recorded.freeMemory();
      int before = recorder.recordings();

      recorded.generate(inputs(OPTIONS, CAT, DOG), GUIDANCE);
      assertThat(recorder.recordings()).isEqualTo(before);

      recorded.generate(inputs(OPTIONS, CAT), GUIDANCE);
      assertThat(recorder.recordings()).isGreaterThan(before);
      assertThat(recorded.freeMemory()).isTrue();
    }
  }

  @Test
  void batchesAreRecordedAfterMemoryRanOutBeforeTheFirstPass() {
    try (LayoutGuidanceStableDiffusionPipeline recorded = open(PretrainedOptions.cpu())) {
      assertThat(recorded.freeMemory()).isFalse();

      recorded.generate(inputs(OPTIONS, CAT), GUIDANCE);

      assertThat(recorder.recordings()).isPositive();
    }
  }

  @Test
  void otherProcessorsAreCalledInEveryPass() {
    try (LayoutGuidanceStableDiffusionPipeline pipeline = open(PretrainedOptions.cpu())) {
      Map<String, AttentionProcessor> processors =
          new HashMap<>(pipeline.stableDiffusion().denoiser().attnProcessors());
      AttentionProcessor first = new AttnProcessor();
      processors.replaceAll((name, before) -> first::process);
      pipeline.stableDiffusion().denoiser().setAttnProcessor(processors);

      pipeline.generate(inputs(OPTIONS, CAT), GUIDANCE);

      assertThat(recorder.recordings()).isZero();
    }
  }
}
