package io.boxwright.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.clip.CLIPTextModel;
import io.boxwright.clip.CLIPTokenizer;
import io.boxwright.nn.ArrayScope;
import java.util.Arrays;
import java.util.List;

/** Prompts to what the UNet attends to: diffusers' {@code encode_prompt}. */
final class PromptEncoder {

  private final CLIPTokenizer tokenizer;
  private final CLIPTextModel textEncoder;

  PromptEncoder(CLIPTokenizer tokenizer, CLIPTextModel textEncoder) {
    this.tokenizer = tokenizer;
    this.textEncoder = textEncoder;
  }

  /**
   * Encodes prompts in one pass, each at its place, as the UNet takes them: B prompts -> (B, T, D).
   */
  NDArray encode(NDManager manager, List<String> prompts) {
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
