package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.torch.ArrayScope;
import java.util.List;
import java.util.stream.IntStream;

/** Transformers' {@code CLIPEncoder}: layers of attention, one after another. */
final class CLIPEncoder {

  private final List<CLIPEncoderLayer> layers;

  private CLIPEncoder(List<CLIPEncoderLayer> layers) {
    this.layers = layers;
  }

  static CLIPEncoder load(StateDict weights, CLIPEncoderConfig config, AttentionMask mask) {
    return new CLIPEncoder(
        IntStream.range(0, config.numHiddenLayers())
            .mapToObj(i -> CLIPEncoderLayer.load(weights.at("layers." + i), config, mask))
            .toList());
  }

  /** (B, N, C) -> (B, N, C). */
  NDArray forward(NDArray x) {
    return forward(x, 0);
  }

  /**
   * Runs all layers but some last ones: (B, N, C) -> (B, N, C).
   *
   * @param skipped the number of layers that do not run
   */
  NDArray forward(NDArray x, int skipped) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray hiddenStates = x;
      for (CLIPEncoderLayer layer : layers.subList(0, layers.size() - skipped)) {
        hiddenStates = layer.forward(hiddenStates);
      }
      return scope.keep(hiddenStates);
    }
  }
}
