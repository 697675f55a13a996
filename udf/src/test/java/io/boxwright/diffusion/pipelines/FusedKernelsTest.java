package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.boxwright.testing.Fixtures;
import io.boxwright.testing.IPAdapterFixtures;
import io.boxwright.testing.Images;
import io.boxwright.torch.cuda.RecomputingKernels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guidance differentiates through kernels that autograd does not know just as through others. */
class FusedKernelsTest {

  private static final GenerationRequest CAT =
      LayoutGuidancePipelineTest.request(
          "a cat playing with a ball", 1, LayoutGuidancePipelineTest.object(2, 0.1, 0.2, 0.5, 0.8));

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2"})
  void guidedPicturesAreTheSame(String model) {
    Path folder = model.equals("sd1") ? Fixtures.sd1() : Fixtures.sd2();
    assertSamePictures(folder, PretrainedOptions.cpu(), CAT);
  }

  @Test
  void guidedPicturesWithAnIPAdapterAreTheSame() {
    assertSamePictures(
        Fixtures.sd1(),
        PretrainedOptions.cpu().withIPAdapter(IPAdapterFixtures.files("plain")),
        CAT.withImagePrompt(IPAdapterFixtures.of("small", 0.7)));
  }

  private static void assertSamePictures(
      Path folder, PretrainedOptions options, GenerationRequest request) {
    try (LayoutGuidanceStableDiffusionPipeline pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(folder, options)) {
      GeneratedImage expected = generate(pipeline, request);
      try (RecomputingKernels kernels = new RecomputingKernels()) {
        GeneratedImage actual = generate(pipeline, request);

        assertThat(kernels.derivatives()).isGreaterThan(100);
        assertThat(Images.largestDifference(actual.image(), expected.image()))
            .isLessThanOrEqualTo(1);
        assertThat(actual.guidance().lossLast())
            .isCloseTo(expected.guidance().lossLast(), within(1e-5));
      }
    }
  }

  private static GeneratedImage generate(
      LayoutGuidanceStableDiffusionPipeline pipeline, GenerationRequest request) {
    return pipeline
        .generate(
            List.of(request),
            LayoutGuidancePipelineTest.OPTIONS,
            LayoutGuidancePipelineTest.GUIDANCE)
        .get(0);
  }
}
