package io.boxwright.guidance;

import ai.djl.ndarray.NDArray;
import io.boxwright.models.attention.Attention;
import io.boxwright.models.attention.AttentionProcessor;
import io.boxwright.nn.ArrayScope;
import io.boxwright.nn.TorchKernels;

/**
 * The processor of the last attention that the guidance reads: stores its probabilities and ends
 * the forward pass there, because nothing after it reaches the loss. The end travels up through the
 * UNet as a {@link Reached}; every scope on the way closes as usual.
 */
final class GuidedPassEnd implements AttentionProcessor {

  private final AttentionStore store;

  GuidedPassEnd(AttentionStore store) {
    this.store = store;
  }

  /**
   * Not an error: says that the guided pass has all it needs. Has no stack trace, so it is cheap.
   */
  static final class Reached extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private Reached() {
      super("The guided pass has reached its end", null, false, false);
    }
  }

  @Override
  public NDArray process(Attention attention, NDArray hiddenStates, NDArray encoderHiddenStates) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray query = attention.query(hiddenStates); // (B, heads, N, C/heads)
      NDArray key = attention.key(encoderHiddenStates); // (B, heads, T, C/heads)
      NDArray probabilities =
          TorchKernels.attentionScores(query, key, attention.scale()); // (B, heads, N, T)
      store.store(attention.path(), ArrayScope.release(probabilities));
    }
    throw new Reached();
  }
}
