package io.boxwright.diffusion.models.attention;

import ai.djl.ndarray.NDArray;

/**
 * The default processor: fused attention that never holds the probabilities ({@code
 * AttnProcessor2_0}).
 */
public final class AttnProcessor implements AttentionProcessor {

  @Override
  public NDArray process(Attention attention, NDArray hiddenStates, NDArray encoderHiddenStates) {
    return attention.attend(hiddenStates, encoderHiddenStates);
  }

  @Override
  public boolean isCapturable() {
    return true;
  }
}
