package io.boxwright.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.clip.CLIPTextModel;
import io.boxwright.clip.CLIPTokenizer;
import io.boxwright.nn.ArrayScope;
import io.boxwright.nn.TorchKernels;
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

  /** Encodes each distinct prompt once: B prompts -> (B, T, D). */
  NDArray encode(NDManager manager, List<String> prompts) {
    try (ArrayScope scope = new ArrayScope()) {
      List<String> distinct = List.copyOf(new LinkedHashSet<>(prompts));
      NDArray states = textEncoder.forward(tokenIds(manager, distinct)); // (distinct, T, D)
      long[] places = prompts.stream().mapToLong(distinct::indexOf).toArray();
      return scope.keep(TorchKernels.selectRows(states, manager.create(places))); // (B, T, D)
    }
  }

  private NDArray tokenIds(NDManager manager, List<String> prompts) {
    int length = CLIPTokenizer.MODEL_MAX_LENGTH;
    long[] ids = new long[prompts.size() * length];
    for (int row = 0; row < prompts.size(); row++) {
      int[] rowIds = tokenizer.encode(prompts.get(row)).ids();
      for (int place = 0; place < length; place++) {
        ids[row * length + place] = rowIds[place];
      }
    }
    return manager.create(ids, new Shape(prompts.size(), length)); // (distinct, T)
  }
}
