package io.boxwright.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.clip.CLIPTextModel;
import io.boxwright.clip.CLIPTokenizer;
import io.boxwright.nn.ArrayScope;
import io.boxwright.nn.TorchKernels;
import java.util.Arrays;
import java.util.LinkedHashSet;
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
   * Encodes each distinct prompt once, and alone, so that its states do not depend on the others: B
   * prompts -> (B, T, D).
   */
  NDArray encode(NDManager manager, List<String> prompts) {
    try (ArrayScope scope = new ArrayScope()) {
      List<String> distinct = List.copyOf(new LinkedHashSet<>(prompts));
      NDList states = new NDList();
      for (String prompt : distinct) {
        states.add(textEncoder.forward(tokenIds(manager, prompt))); // (1, T, D)
      }
      NDArray joined = NDArrays.concat(states); // (distinct, T, D)
      long[] places = prompts.stream().mapToLong(distinct::indexOf).toArray();
      return scope.keep(TorchKernels.selectRows(joined, manager.create(places))); // (B, T, D)
    }
  }

  private NDArray tokenIds(NDManager manager, String prompt) {
    long[] ids = Arrays.stream(tokenizer.encode(prompt).ids()).asLongStream().toArray();
    return manager.create(ids, new Shape(1, ids.length)); // (1, T)
  }
}
