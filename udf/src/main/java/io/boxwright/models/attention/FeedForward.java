package io.boxwright.models.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.loading.StateDict;
import io.boxwright.nn.ArrayScope;
import io.boxwright.nn.Linear;
import io.boxwright.nn.TorchKernels;
import java.util.List;

/** diffusers' {@code FeedForward} with the GEGLU activation: (B, N, C) -> (B, N, C). */
final class FeedForward {

  private static final int EXPANSION = 4;

  private final Linear states;
  private final Linear gate;
  private final Linear output;

  FeedForward(StateDict weights, long channels) {
    long inner = channels * EXPANSION;
    List<Linear> halves = Linear.loadHalves(weights.at("net.0.proj"), channels, 2 * inner);
    this.states = halves.get(0);
    this.gate = halves.get(1);
    this.output = Linear.load(weights.at("net.2"), inner, channels);
  }

  NDArray forward(NDArray x) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hiddenStates = TorchKernels.geglu(states.forward(x), gate.forward(x)); // (B, N, 4C)
      return scope.keep(output.forward(hiddenStates)); // (B, N, C)
    }
  }
}
