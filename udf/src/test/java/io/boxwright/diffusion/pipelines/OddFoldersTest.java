package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.metrics.LayoutAdherence;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.ModelCopy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guidance and scores of models with other architectures than Stable Diffusion. */
class OddFoldersTest {

  private static final String UNET = "unet/config.json";
  private static final LayoutObject CAT =
      new LayoutObject("cat", List.of(2), List.of(new BoundingBox(0, 0, 0.5, 0.5)));

  @TempDir private Path folder;

  private GeneratedImage guided(Guidance guidance, int height, int width) {
    GenerationOptions options =
        GenerationOptions.defaults().withSize(height, width).withNumInferenceSteps(2);
    GenerationRequest request = new GenerationRequest("a cat", 1, List.of(CAT));
    try (LayoutGuidanceStableDiffusionPipeline pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(folder, PretrainedOptions.cpu())) {
      return pipeline.generate(List.of(request), options, guidance).get(0);
    }
  }

  @Test
  void withoutAMidBlockTheFirstUpBlockGuides() throws Exception {
    ModelCopy.of(Fixtures.sd1(), folder).set(UNET, "mid_block_type", "null");

    GeneratedImage image = guided(BackwardGuidance.paper(), 64, 64);

    assertThat(image.guidance().iterations()).isPositive();
    LayoutAdherence adherence = image.adherence().orElseThrow();
    assertThat(adherence.guided().inBoxMass()).isBetween(0.0, 1.0);
  }

  /** Sizes of 72 and 88 give latents of 9 and 11, which round down without padding. */
  @Test
  void mapsOfOddLatentsHaveTheSizeOfThePass() throws Exception {
    ModelCopy.of(Fixtures.sd1(), folder).set(UNET, "downsample_padding", "0");

    GeneratedImage image = guided(BackwardGuidance.paper(), 72, 88);

    assertThat(image.finite()).isTrue();
    assertThat(image.guidance().iterations()).isPositive();
    assertThat(image.adherence()).isPresent();
  }

  @Test
  void oneHeadHasNoSecondHalf() throws Exception {
    ModelCopy.of(Fixtures.sd1(), folder).set(UNET, "attention_head_dim", "1");

    assertThat(guided(BackwardGuidance.paper(), 64, 64).finite()).isTrue();
    assertThatThrownBy(() -> guided(BackwardGuidance.tflcg(), 64, 64))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the UNet has layers with one head (attention_head_dim)");
    assertThatThrownBy(() -> PretrainedFolder.checkGuidance(folder, BackwardGuidance.tflcg()))
        .hasMessageContaining("use --guidance paper");
  }

  @ParameterizedTest
  @CsvSource({"0.6.0, 32, 512", "0.8.1, 32, 512", "0.9.0, 32, 256", "0.42.1, 32, 256"})
  void oldFoldersHaveALargerDefaultSize(String version, int sampleSize, int pixels)
      throws Exception {
    ModelCopy.of(Fixtures.sd1(), folder)
        .set(UNET, "_diffusers_version", "\"" + version + "\"")
        .set(UNET, "sample_size", String.valueOf(sampleSize));

    try (StableDiffusionPipeline pipeline =
        StableDiffusionPipeline.fromPretrained(folder, PretrainedOptions.cpu())) {
      assertThat(pipeline.withModelSize(GenerationOptions.defaults()).height()).isEqualTo(pixels);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unet | mid_block_type | \"UNetMidBlock2D\" | mid_block_type = UNetMidBlock2D is not",
        "unet | act_fn | \"tanh\" | act_fn is tanh, it must be one of gelu, mish, relu, silu, swish",
        "unet | attention_type | \"gated\" | attention_type = \"gated\" is not supported",
        "unet | time_cond_proj_dim | 2 | time_cond_proj_dim is 2",
        "vae | act_fn | \"tanh\" | act_fn is tanh, it must be one of ",
        "vae | mid_block_add_attention | false | mid_block_add_attention = false is not supported",
        "text_encoder | use_attention_mask | true | use_attention_mask = true is not supported",
      })
  void whatIsNotBuiltIsRefusedByName(String part, String key, String value, String problem)
      throws Exception {
    ModelCopy.of(Fixtures.sd1(), folder).set(part + "/config.json", key, value);

    assertThatThrownBy(() -> PretrainedFolder.check(folder, null, GenerationOptions.defaults()))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("/config.json: " + problem);
  }

  @ParameterizedTest
  @CsvSource({"5, depth to image", "7, upscaling", "8, InstructPix2Pix", "9, inpainting"})
  void modelsThatReadPicturesAreRefusedByWhatTheyAreFor(int channels, String purpose)
      throws Exception {
    ModelCopy.of(Fixtures.sd1(), folder).set(UNET, "in_channels", String.valueOf(channels));

    assertThatThrownBy(() -> PretrainedFolder.check(folder, null, GenerationOptions.defaults()))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("in_channels of unet is %d, as in models for ".formatted(channels))
        .hasMessageContaining(purpose);
  }

  @Test
  void leftoverTensorsAreNamedAndDoNoHarm() throws Exception {
    ModelCopy.of(Fixtures.sd1(), folder).set(UNET, "mid_block_type", "null");

    assertThat(PretrainedFolder.check(folder, null, GenerationOptions.defaults()))
        .anyMatch(note -> note.startsWith("unet: ") && note.endsWith("not used"));
  }
}
