package io.boxwright.models.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.loading.StateDict;
import io.boxwright.nn.ArrayScope;
import io.boxwright.nn.Linear;
import io.boxwright.nn.TorchKernels;

/** diffusers' {@code FeedForward} with the GEGLU activation: (B, N, C) -> (B, N, C). */
final class FeedForward {

  private static final int EXPANSION = 4;

  private final Linear projection;
  private final Linear output;

  FeedForward(StateDict weights, long channels) {
    long inner = channels * EXPANSION;
    this.projection = Linear.load(weights.at("net.0.proj"), channels, 2 * inner);
    this.output = Linear.load(weights.at("net.2"), inner, channels);
  }

  NDArray forward(NDArray x) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hiddenStates = projection.forward(x); // (B, N, 8C)
      return scope.keep(output.forward(TorchKernels.geglu(hiddenStates))); // (B, N, C)
    }
  }
}
