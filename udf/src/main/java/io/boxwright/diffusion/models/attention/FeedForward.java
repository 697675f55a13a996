package io.boxwright.diffusion.models.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.GEGLU;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;

/** diffusers' {@code FeedForward} with the GEGLU activation: (B, N, C) -> (B, N, C). */
final class FeedForward {

  private static final int EXPANSION = 4;

  private final GEGLU activation;
  private final Linear output;

  FeedForward(StateDict weights, long channels) {
    long inner = channels * EXPANSION;
    this.activation = GEGLU.load(weights.at("net.0"), channels, inner);
    this.output = Linear.load(weights.at("net.2"), inner, channels);
  }

  NDArray forward(NDArray x) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hiddenStates = activation.forward(x); // (B, N, 4C)
      return scope.keep(output.forward(hiddenStates)); // (B, N, C)
    }
  }
}
