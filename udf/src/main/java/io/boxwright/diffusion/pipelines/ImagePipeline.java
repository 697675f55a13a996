package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.guidance.Guidance;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A pipeline that batch jobs use. {@link LayoutGuidanceStableDiffusionPipeline} is the only one so
 * far.
 *
 * <p>Threads may share a pipeline; {@link #generate} runs one call at a time.
 */
public interface ImagePipeline extends AutoCloseable {

  /**
   * Checks options against the model; for example, the size must be a multiple of the VAE's factor.
   *
   * @throws IllegalArgumentException naming the option
   */
  void checkOptions(GenerationOptions options);

  /**
   * Checks that a request has a prompt, that its token indices name words of it, and that the
   * guidance can guide its layout.
   *
   * @return the request with its {@link GenerationRequest#tokens}
   * @throws IllegalArgumentException naming what is wrong
   */
  GenerationRequest checkRequest(GenerationRequest request, Guidance guidance);

  /**
   * Returns the tokenizer of the prompts, which defines the token indices. It is closed with the
   * pipeline.
   */
  CLIPTokenizer tokenizer();

  /**
   * Makes one image for each request, all in one batch.
   *
   * @return the images in the order of the requests; any value, also null, for {@link
   *     GenerationRequest#PADDING}
   */
  List<GeneratedImage> generate(
      List<GenerationRequest> requests, GenerationOptions options, Guidance guidance);

  /**
   * Returns the time that each stage has taken so far, summed over all calls; empty if times are
   * not measured.
   */
  default Map<Stage, Duration> stages() {
    return Map.of();
  }

  /**
   * Frees what the pipeline keeps on its device to be faster, and keeps it only for smaller batches
   * from now on.
   *
   * @return whether there was anything
   */
  default boolean freeMemory() {
    return false;
  }

  @Override
  void close();
}
