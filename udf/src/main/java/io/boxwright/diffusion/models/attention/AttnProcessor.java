package io.boxwright.diffusion.models.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.torch.ArrayScope;

/**
 * The default processor: fused attention that never holds the probabilities ({@code
 * AttnProcessor2_0}).
 */
public final class AttnProcessor implements AttentionProcessor {

  @Override
  public NDArray process(Attention attention, NDArray hiddenStates, NDArray encoderHiddenStates) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray query = attention.query(hiddenStates); // (B, heads, N, C/heads)
      NDArray key = attention.key(encoderHiddenStates); // (B, heads, T, C/heads)
      NDArray value = attention.value(encoderHiddenStates); // (B, heads, T, C/heads)
      NDArray attended = Functional.scaledDotProductAttention(query, key, value);
      return scope.keep(attention.output(attention.addImages(query, attended))); // (B, N, C)
    }
  }
}
