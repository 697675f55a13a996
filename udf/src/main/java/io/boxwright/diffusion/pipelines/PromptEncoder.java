package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.clip.CLIPTextModel;
import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.clip.TokenizedPrompt;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.torch.ArrayScope;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** An encoder of prompts for the denoiser: diffusers' {@code encode_prompt}. */
final class PromptEncoder {

  private final CLIPTokenizer tokenizer;
  private final CLIPTextModel textEncoder;
  private final Optional<IPAdapter> ipAdapter;

  PromptEncoder(CLIPTokenizer tokenizer, CLIPTextModel textEncoder, Optional<IPAdapter> ipAdapter) {
    this.tokenizer = tokenizer;
    this.textEncoder = textEncoder;
    this.ipAdapter = ipAdapter;
  }

  /**
   * Makes the conditioning on the prompts, whose states are given or encoded here.
   *
   * @param run the manager that owns the result
   * @return the conditioning of B rows
   */
  Conditioning makeConditioning(NDManager run, GenerationInputs inputs) {
    return new Conditioning(
        copyOrEncode(
            run,
            inputs,
            inputs.promptEmbeds(),
            this::tokenizePrompt,
            inputs.options().clipSkip()), // (B, T, D)
        ipAdapter.map(adapter -> adapter.encode(run, inputs.requests())),
        inputs.options().guidanceScale());
  }

  /**
   * Makes the conditioning on the negative prompts, for classifier-free guidance.
   *
   * @param run the manager that owns the result
   * @return the conditioning of B rows
   */
  Conditioning makeUnconditional(NDManager run, GenerationInputs inputs) {
    return new Conditioning(
        copyOrEncode(
            run,
            inputs,
            inputs.negativePromptEmbeds(),
            this::tokenizeNegativePrompt,
            0), // (B, T, D)
        ipAdapter.map(adapter -> adapter.encodeNone(run, inputs.requests())),
        inputs.options().guidanceScale());
  }

  private TokenizedPrompt tokenizePrompt(GenerationRequest request) {
    return request.tokenized(tokenizer).tokens();
  }

  private TokenizedPrompt tokenizeNegativePrompt(GenerationRequest request) {
    return tokenizer.encode(request.negativePrompt());
  }

  private NDArray copyOrEncode(
      NDManager run,
      GenerationInputs inputs,
      Optional<NDArray> given,
      Function<GenerationRequest, TokenizedPrompt> tokens,
      int clipSkip) {
    return given
        .map(array -> GenerationInputs.copyTo(run, array))
        .orElseGet(() -> encode(run, inputs.requests().stream().map(tokens).toList(), clipSkip));
  }

  /** Encodes B prompts in one pass, each at its place in the batch: (B, T, D). */
  private NDArray encode(NDManager manager, List<TokenizedPrompt> prompts, int clipSkip) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray ids = createTokenIds(manager, prompts); // (B, T)
      return scope.keep(textEncoder.forward(ids, clipSkip)); // (B, T, D)
    }
  }

  /** Creates the array of token ids, (B, T), INT64. */
  private static NDArray createTokenIds(NDManager manager, List<TokenizedPrompt> prompts) {
    long[] ids =
        prompts.stream()
            .flatMapToInt(prompt -> Arrays.stream(prompt.ids()))
            .asLongStream()
            .toArray();
    return manager.create(ids, new Shape(prompts.size(), ids.length / prompts.size()));
  }
}
