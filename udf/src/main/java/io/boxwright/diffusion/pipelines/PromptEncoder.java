package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.clip.CLIPTextModel;
import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.torch.ArrayScope;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Prompts to what the UNet attends to: diffusers' {@code encode_prompt}. */
final class PromptEncoder {

  private final CLIPTokenizer tokenizer;
  private final CLIPTextModel textEncoder;

  PromptEncoder(CLIPTokenizer tokenizer, CLIPTextModel textEncoder) {
    this.tokenizer = tokenizer;
    this.textEncoder = textEncoder;
  }

  /**
   * The states of the prompts, given or encoded.
   *
   * @param run owns them
   * @return (B, T, D)
   */
  NDArray promptEmbeds(NDManager run, GenerationInputs inputs) {
    return embeds(run, inputs, inputs.promptEmbeds(), GenerationRequest::prompt);
  }

  /**
   * What the UNet attends to with classifier-free guidance: the states of the negative prompts,
   * given or encoded, before those of the prompts; else the latter alone.
   *
   * @param run owns the result
   * @param promptEmbeds (B, T, D)
   * @return (B or 2B, T, D)
   */
  NDArray withUnconditionalHalf(NDManager run, GenerationInputs inputs, NDArray promptEmbeds) {
    if (!inputs.options().classifierFree()) {
      return promptEmbeds;
    }
    NDArray negative =
        embeds(
            run,
            inputs,
            inputs.negativePromptEmbeds(),
            GenerationRequest::negativePrompt); // (B, T, D)
    return negative.concat(promptEmbeds.toType(negative.getDataType(), false), 0); // (2B, T, D)
  }

  private NDArray embeds(
      NDManager run,
      GenerationInputs inputs,
      Optional<NDArray> given,
      Function<GenerationRequest, String> prompt) {
    return given
        .map(array -> GenerationInputs.copyTo(run, array))
        .orElseGet(() -> encode(run, inputs.requests().stream().map(prompt).toList()));
  }

  /** In one pass, each at its place: B prompts -> (B, T, D). */
  private NDArray encode(NDManager manager, List<String> prompts) {
    try (ArrayScope scope = new ArrayScope()) {
      return scope.keep(textEncoder.forward(tokenIds(manager, prompts))); // (B, T, D)
    }
  }

  /** (B, T), INT64. */
  private NDArray tokenIds(NDManager manager, List<String> prompts) {
    long[] ids =
        prompts.stream()
            .flatMapToInt(prompt -> Arrays.stream(tokenizer.encode(prompt).ids()))
            .asLongStream()
            .toArray();
    return manager.create(ids, new Shape(prompts.size(), ids.length / prompts.size()));
  }
}
