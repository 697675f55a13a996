package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.clip.TokenizedPrompt;
import io.boxwright.diffusion.layout.LayoutObject;
import java.util.List;
import java.util.Optional;

/**
 * A request for one image.
 *
 * @param prompt a description of the image
 * @param negativePrompt a description of what the image should avoid; empty by default
 * @param seed the seed of the noise that the image starts from; the image depends on no other
 *     request
 * @param objects the layout; empty means plain Stable Diffusion
 * @param warnings remarks on how the layout was read; the image gets them, too
 * @param tokens the tokens that the pipeline's tokenizer cuts the prompt into; null if it has not
 *     been cut yet
 * @param imagePrompt a picture that the image should resemble, which a pipeline with an IP-Adapter
 *     requires
 * @param place the image's place among those that share its generator of noise; alone by default
 */
public record GenerationRequest(
    String prompt,
    String negativePrompt,
    long seed,
    List<LayoutObject> objects,
    List<String> warnings,
    TokenizedPrompt tokens,
    Optional<ImagePrompt> imagePrompt,
    GeneratorPlace place) {

  /**
   * The request that makes no image. It fills a place in a batch that keeps its shape. It takes
   * part in every pass, but is neither decoded nor scored.
   */
  public static final GenerationRequest PADDING = new GenerationRequest("", 0, List.of());

  /**
   * Copies the lists and turns a missing negative prompt into an empty one.
   *
   * @throws IllegalArgumentException if a prompt is longer than {@link RequestLimits} allows, or
   *     the tokens are those of another prompt
   */
  public GenerationRequest {
    negativePrompt = negativePrompt == null ? "" : negativePrompt;
    RequestLimits.requireLength("prompt", prompt, RequestLimits.PROMPT_CHARACTERS);
    RequestLimits.requireLength("negative_prompt", negativePrompt, RequestLimits.PROMPT_CHARACTERS);
    objects = List.copyOf(objects);
    warnings = List.copyOf(warnings);
    if (tokens != null && !tokens.text().equals(prompt)) {
      throw new IllegalArgumentException(
          "Invalid tokens: they are those of prompt '%s', not of '%s'"
              .formatted(tokens.text(), prompt));
    }
  }

  /** Creates a request without warnings, whose prompt has not been cut into tokens. */
  public GenerationRequest(
      String prompt, String negativePrompt, long seed, List<LayoutObject> objects) {
    this(
        prompt,
        negativePrompt,
        seed,
        objects,
        List.of(),
        null,
        Optional.empty(),
        GeneratorPlace.ALONE);
  }

  /** Creates a request without negative prompt. */
  public GenerationRequest(String prompt, long seed, List<LayoutObject> objects) {
    this(prompt, "", seed, objects);
  }

  /** Returns whether this is {@link #PADDING}. */
  public boolean isPadding() {
    return this == PADDING;
  }

  /** Returns the same request with another layout and remarks on how the layout was read. */
  public GenerationRequest withLayout(List<LayoutObject> layout, List<String> layoutWarnings) {
    return new GenerationRequest(
        prompt, negativePrompt, seed, layout, layoutWarnings, tokens, imagePrompt, place);
  }

  /** Returns the same request with a picture that the image should resemble. */
  public GenerationRequest withImagePrompt(ImagePrompt picture) {
    return new GenerationRequest(
        prompt, negativePrompt, seed, objects, warnings, tokens, Optional.of(picture), place);
  }

  /** Returns the same request with another seed. */
  public GenerationRequest withSeed(long other) {
    return new GenerationRequest(
        prompt, negativePrompt, other, objects, warnings, tokens, imagePrompt, place);
  }

  /** Returns the same request at another place among those that share its generator of noise. */
  public GenerationRequest withPlace(GeneratorPlace other) {
    return new GenerationRequest(
        prompt, negativePrompt, seed, objects, warnings, tokens, imagePrompt, other);
  }

  /**
   * Returns the same request with its prompt cut into tokens, or this request if it has them.
   *
   * @param tokenizer the pipeline's tokenizer
   */
  public GenerationRequest tokenized(CLIPTokenizer tokenizer) {
    return tokens != null
        ? this
        : new GenerationRequest(
            prompt,
            negativePrompt,
            seed,
            objects,
            warnings,
            tokenizer.encode(prompt),
            imagePrompt,
            place);
  }
}
