package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.attention.AttentionStore;
import io.boxwright.diffusion.attention.LayoutGuidanceAttnProcessor;
import io.boxwright.diffusion.models.attention.Attention;
import io.boxwright.diffusion.models.attention.AttentionProcessor;

/**
 * The processor of the last attention that the guidance reads. It stores the probabilities and ends
 * the forward pass, because later layers do not affect the loss. It does so by throwing a {@link
 * Reached} up through the UNet; every scope on the way closes as usual.
 */
final class GuidedPassEnd implements AttentionProcessor {

  private final LayoutGuidanceAttnProcessor storing;

  GuidedPassEnd(AttentionStore store) {
    this.storing = new LayoutGuidanceAttnProcessor(store);
  }

  /**
   * A signal, not an error, that the guided pass has all it needs. It has no stack trace, so it is
   * cheap.
   */
  static final class Reached extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private Reached() {
      super("The guided pass has reached its end", null, false, false);
    }
  }

  @Override
  public NDArray process(Attention attention, NDArray hiddenStates, NDArray encoderHiddenStates) {
    storing.storeProbabilities(attention, hiddenStates, encoderHiddenStates);
    throw new Reached();
  }
}
