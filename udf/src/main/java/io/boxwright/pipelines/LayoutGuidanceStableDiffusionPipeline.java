package io.boxwright.pipelines;

import io.boxwright.guidance.LayoutGuidanceConfig;
import java.nio.file.Path;
import java.util.List;

/** Stable Diffusion whose objects are pushed into boxes. Skeleton: see the pipeline branch. */
public final class LayoutGuidanceStableDiffusionPipeline implements ImagePipeline {

  /** Loads a diffusers folder. The caller closes the pipeline. */
  public static LayoutGuidanceStableDiffusionPipeline fromPretrained(
      Path folder, PretrainedOptions options) {
    throw new UnsupportedOperationException();
  }

  /**
   * Checks options against the model: size a multiple of the VAE factor and so on.
   *
   * @throws IllegalArgumentException naming the option
   */
  @Override
  public void checkOptions(GenerationOptions options) {
    throw new UnsupportedOperationException();
  }

  /**
   * Checks one request: empty prompt, token indices outside the prompt or on a special token, ...
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  @Override
  public void checkRequest(GenerationRequest request, LayoutGuidanceConfig guidance) {
    throw new UnsupportedOperationException();
  }

  /** The tokens of a prompt as text, start and end token included; the place is the index. */
  public List<String> tokens(String prompt) {
    throw new UnsupportedOperationException();
  }

  /**
   * Token indices of a phrase in a prompt.
   *
   * @throws IllegalArgumentException if it does not occur
   */
  @Override
  public List<Integer> tokenIndices(String prompt, String phrase) {
    throw new UnsupportedOperationException();
  }

  /** Makes one image for each request, all in one batch. */
  @Override
  public List<GeneratedImage> generate(
      List<GenerationRequest> requests, GenerationOptions options, LayoutGuidanceConfig guidance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
