package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.clip.CLIPTextModel;
import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.torch.ArrayScope;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Prompts to what the denoiser is told of them: diffusers' {@code encode_prompt}. */
final class PromptEncoder {

  private final CLIPTokenizer tokenizer;
  private final CLIPTextModel textEncoder;

  PromptEncoder(CLIPTokenizer tokenizer, CLIPTextModel textEncoder) {
    this.tokenizer = tokenizer;
    this.textEncoder = textEncoder;
  }

  /**
   * What the denoiser is told of the prompts, given or encoded.
   *
   * @param run owns it
   * @return of B rows
   */
  Conditioning conditioning(NDManager run, GenerationInputs inputs) {
    return new Conditioning(
        embeds(run, inputs, inputs.promptEmbeds(), GenerationRequest::prompt)); // (B, T, D)
  }

  /**
   * What the denoiser is told with classifier-free guidance: that of the negative prompts, given or
   * encoded, before that of the prompts; else the latter alone.
   *
   * @param run owns the result
   * @param conditioning of the prompts, B rows
   * @return of B or 2B rows
   */
  Conditioning withUnconditionalHalf(
      NDManager run, GenerationInputs inputs, Conditioning conditioning) {
    if (!inputs.options().classifierFree()) {
      return conditioning;
    }
    Conditioning unconditional =
        new Conditioning(
            embeds(
                run,
                inputs,
                inputs.negativePromptEmbeds(),
                GenerationRequest::negativePrompt)); // (B, T, D)
    return conditioning.after(unconditional); // 2B rows
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
