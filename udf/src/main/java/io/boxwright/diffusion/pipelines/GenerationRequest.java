package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.clip.TokenizedPrompt;
import io.boxwright.diffusion.layout.LayoutObject;
import java.util.List;

/**
 * One image to make.
 *
 * @param prompt a description of the image
 * @param negativePrompt a description of an image that it should not be; empty by default
 * @param seed the seed of the noise that it starts from; the image depends on no other request
 * @param objects its layout; empty means plain Stable Diffusion
 * @param warnings remarks on how the layout was read; handed on to the image
 * @param tokens the prompt as the pipeline's tokenizer cuts it; null if it has not been cut yet
 */
public record GenerationRequest(
    String prompt,
    String negativePrompt,
    long seed,
    List<LayoutObject> objects,
    List<String> warnings,
    TokenizedPrompt tokens) {

  /**
   * A request without an image: it fills a place of a batch that keeps its shape. It takes part in
   * every pass, but is neither decoded nor scored.
   */
  public static final GenerationRequest PADDING = new GenerationRequest("", 0, List.of());

  /**
   * Copies the lists and turns a missing negative prompt into an empty one.
   *
   * @throws IllegalArgumentException if a prompt is longer than {@link RequestLimits} says, or the
   *     tokens are those of another prompt
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
    this(prompt, negativePrompt, seed, objects, List.of(), null);
  }

  /** Creates a request without negative prompt. */
  public GenerationRequest(String prompt, long seed, List<LayoutObject> objects) {
    this(prompt, "", seed, objects);
  }

  /** Returns whether this is {@link #PADDING}. */
  public boolean isPadding() {
    return this == PADDING;
  }

  /** Returns the same request with another layout, and remarks on how that was read. */
  public GenerationRequest withLayout(List<LayoutObject> layout, List<String> layoutWarnings) {
    return new GenerationRequest(prompt, negativePrompt, seed, layout, layoutWarnings, tokens);
  }

  /** Returns the same request with another seed. */
  public GenerationRequest withSeed(long other) {
    return new GenerationRequest(prompt, negativePrompt, other, objects, warnings, tokens);
  }

  /**
   * Returns the same request with its prompt cut into tokens; this one if it has them.
   *
   * @param tokenizer the pipeline's
   */
  public GenerationRequest tokenized(CLIPTokenizer tokenizer) {
    return tokens != null
        ? this
        : new GenerationRequest(
            prompt, negativePrompt, seed, objects, warnings, tokenizer.encode(prompt));
  }
}
