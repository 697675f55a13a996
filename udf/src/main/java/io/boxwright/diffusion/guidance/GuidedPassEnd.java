package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.attention.AttentionStore;
import io.boxwright.diffusion.attention.LayoutGuidanceAttnProcessor;
import io.boxwright.diffusion.models.attention.Attention;
import io.boxwright.diffusion.models.attention.AttentionProcessor;

/**
 * The processor of the last attention that the guidance reads: stores its probabilities and ends
 * the forward pass there, because nothing after it reaches the loss. The end travels up through the
 * UNet as a {@link Reached}; every scope on the way closes as usual.
 */
final class GuidedPassEnd implements AttentionProcessor {

  private final LayoutGuidanceAttnProcessor storing;

  GuidedPassEnd(AttentionStore store) {
    this.storing = new LayoutGuidanceAttnProcessor(store);
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
    storing.storeProbabilities(attention, hiddenStates, encoderHiddenStates);
    throw new Reached();
  }
}
