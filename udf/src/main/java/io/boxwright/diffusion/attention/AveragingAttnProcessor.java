package io.boxwright.diffusion.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.models.attention.Attention;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.torch.ArrayScope;

/**
 * A processor that attends like the default one, so images do not depend on whether their attention
 * is read. It hands queries and keys to {@link AttentionAverages}, which computes the probabilities
 * of the rows that it reads.
 */
final class AveragingAttnProcessor implements AttentionProcessor {

  private final AttentionAverages averages;

  AveragingAttnProcessor(AttentionAverages averages) {
    this.averages = averages;
  }

  @Override
  public NDArray process(Attention attention, NDArray hiddenStates, NDArray encoderHiddenStates) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray query = attention.query(hiddenStates); // (B or 2B, heads, N, C/heads)
      NDArray key = attention.key(encoderHiddenStates); // (B or 2B, heads, T, C/heads)
      NDArray value = attention.value(encoderHiddenStates); // (B or 2B, heads, T, C/heads)
      averages.add(attention, query, key);
      NDArray attended = Functional.scaledDotProductAttention(query, key, value);
      return scope.keep(attention.output(attention.addImages(query, attended))); // (B or 2B, N, C)
    }
  }

  @Override
  public boolean isCapturable() {
    return true;
  }
}
