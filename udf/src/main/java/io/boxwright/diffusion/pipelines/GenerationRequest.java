package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.layout.LayoutObject;
import java.util.List;

/**
 * One image to make.
 *
 * @param prompt what it shows
 * @param negativePrompt what it should not show; empty by default
 * @param seed of the noise it starts from: the image depends on no other request
 * @param objects its layout; empty means plain Stable Diffusion
 * @param warnings what a user should know of how the layout was read; handed on to the image
 */
public record GenerationRequest(
    String prompt,
    String negativePrompt,
    long seed,
    List<LayoutObject> objects,
    List<String> warnings) {

  /**
   * Asks for nothing: fills a place of a batch whose shape must not change. Takes part in every
   * pass, but is neither decoded nor scored.
   */
  public static final GenerationRequest PADDING = new GenerationRequest("", 0, List.of());

  /**
   * Copies the list and turns a missing negative prompt into an empty one.
   *
   * @throws IllegalArgumentException if a prompt is longer than {@link RequestLimits} says
   */
  public GenerationRequest {
    negativePrompt = negativePrompt == null ? "" : negativePrompt;
    RequestLimits.requireLength("prompt", prompt, RequestLimits.PROMPT_CHARACTERS);
    RequestLimits.requireLength("negative_prompt", negativePrompt, RequestLimits.PROMPT_CHARACTERS);
    objects = List.copyOf(objects);
    warnings = List.copyOf(warnings);
  }

  /** Whether this is {@link #PADDING}. */
  public boolean isPadding() {
    return this == PADDING;
  }

  /** The same with another layout, and what a user should know of it. */
  public GenerationRequest withLayout(List<LayoutObject> layout, List<String> layoutWarnings) {
    return new GenerationRequest(prompt, negativePrompt, seed, layout, layoutWarnings);
  }

  /** Without warnings. */
  public GenerationRequest(
      String prompt, String negativePrompt, long seed, List<LayoutObject> objects) {
    this(prompt, negativePrompt, seed, objects, List.of());
  }

  /** Without negative prompt. */
  public GenerationRequest(String prompt, long seed, List<LayoutObject> objects) {
    this(prompt, "", seed, objects);
  }
}
