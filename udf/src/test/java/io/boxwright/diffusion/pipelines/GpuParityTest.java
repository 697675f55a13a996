package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A GPU makes the same guided pictures as the CPU, whose pictures are those of diffusers. */
@Tag("gpu")
class GpuParityTest {

  private static final GenerationRequest CAT =
      LayoutGuidancePipelineTest.request(
          "a cat playing with a ball", 1, LayoutGuidancePipelineTest.object(2, 0.1, 0.2, 0.5, 0.8));

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2"})
  void picturesAreTheSameInFloat32(String model) {
    GeneratedImage expected = generate(model, PretrainedOptions.cpu());
    GeneratedImage actual = generate(model, gpu(DataType.FLOAT32));

    assertThat(actual.guidance().lossFirst())
        .isCloseTo(expected.guidance().lossFirst(), within(1e-4));
    assertThat(actual.guidance().lossLast())
        .isCloseTo(expected.guidance().lossLast(), within(1e-3));
    assertThat(Images.largestDifference(actual.image(), expected.image())).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2"})
  void lossesAreNearlyTheSameInFloat16(String model) {
    GeneratedImage expected = generate(model, PretrainedOptions.cpu());
    GeneratedImage actual = generate(model, gpu(DataType.FLOAT16));

    assertThat(actual.guidance().iterations()).isEqualTo(expected.guidance().iterations());
    assertThat(actual.guidance().lossFirst())
        .isCloseTo(expected.guidance().lossFirst(), within(0.01));
    assertThat(actual.guidance().lossLast())
        .isCloseTo(expected.guidance().lossLast(), within(0.02));
  }

  private static PretrainedOptions gpu(DataType dataType) {
    return new PretrainedOptions(Device.gpu(), dataType, null);
  }

  private static GeneratedImage generate(String model, PretrainedOptions options) {
    try (LayoutGuidanceStableDiffusionPipeline pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(
            model.equals("sd1") ? Fixtures.sd1() : Fixtures.sd2(), options)) {
      return pipeline
          .generate(
              List.of(CAT), LayoutGuidancePipelineTest.OPTIONS, LayoutGuidancePipelineTest.GUIDANCE)
          .get(0);
    }
  }
}
