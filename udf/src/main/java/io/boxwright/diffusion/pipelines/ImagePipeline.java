package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.clip.PhraseMatch;
import io.boxwright.diffusion.guidance.Guidance;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a batch job needs of a pipeline. {@link LayoutGuidanceStableDiffusionPipeline} is the one
 * that there is.
 *
 * <p>May be shared by threads; {@link #generate} runs one call at a time.
 */
public interface ImagePipeline extends AutoCloseable {

  /**
   * Checks options against the model: size a multiple of the VAE factor and so on.
   *
   * @throws IllegalArgumentException naming the option
   */
  void checkOptions(GenerationOptions options);

  /**
   * Checks one request: empty prompt, token indices outside the prompt or on a special token, ...
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  void checkRequest(GenerationRequest request, Guidance guidance);

  /**
   * Finds phrases in a prompt, one match each.
   *
   * @throws IllegalArgumentException naming the first that does not occur
   */
  List<PhraseMatch> findPhrases(String prompt, List<String> phrases);

  /**
   * Compares phrases with the tokens that they belong to.
   *
   * @param phrases may have nulls
   * @param tokenIndices as many lists
   * @return a sentence for each phrase whose tokens are other words
   */
  List<String> contradictions(
      String prompt, List<String> phrases, List<List<Integer>> tokenIndices);

  /** The texts of some tokens of a prompt each; indices outside of it are left out. */
  List<String> texts(String prompt, List<List<Integer>> tokenIndices);

  /**
   * Makes one image for each request, all in one batch, in the order of the requests. What it gives
   * for {@link GenerationRequest#PADDING} means nothing and may be null.
   */
  List<GeneratedImage> generate(
      List<GenerationRequest> requests, GenerationOptions options, Guidance guidance);

  /**
   * The time that went into each stage so far, summed over all calls; empty if it is not measured.
   */
  default Map<Stage, Duration> stages() {
    return Map.of();
  }

  @Override
  void close();
}
