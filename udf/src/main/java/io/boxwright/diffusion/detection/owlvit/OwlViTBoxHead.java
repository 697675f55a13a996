package io.boxwright.diffusion.detection.owlvit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.clip.CLIPVisionConfig;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;

/**
 * Transformers' {@code OwlViTBoxPredictionHead} and the bias of its boxes: without any knowledge,
 * each patch has a box of its own size at its own place.
 */
final class OwlViTBoxHead {

  private static final int EDGES = 4;
  private static final float EPSILON = 1e-4f;

  private final Linear dense0;
  private final Linear dense1;
  private final Linear dense2;
  private final NDArray bias; // (P, 4), float32

  private OwlViTBoxHead(Linear dense0, Linear dense1, Linear dense2, NDArray bias) {
    this.dense0 = dense0;
    this.dense1 = dense1;
    this.dense2 = dense2;
    this.bias = bias;
  }

  static OwlViTBoxHead load(StateDict weights, CLIPVisionConfig config, NDManager manager) {
    long channels = config.hiddenSize();
    int side = config.patchesPerSide();
    return new OwlViTBoxHead(
        Linear.load(weights.at("dense0"), channels, channels),
        Linear.load(weights.at("dense1"), channels, channels),
        Linear.load(weights.at("dense2"), channels, EDGES),
        ArrayScope.release(manager.create(makeBias(side), new Shape((long) side * side, EDGES))));
  }

  /** Makes (P, 4): the bias of centre and size of each patch, row by row. */
  private static float[] makeBias(int side) {
    float[] bias = new float[side * side * EDGES];
    float size = logit(1f / side);
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        int patch = (row * side + column) * EDGES;
        bias[patch] = logit((column + 1f) / side);
        bias[patch + 1] = logit((row + 1f) / side);
        bias[patch + 2] = size;
        bias[patch + 3] = size;
      }
    }
    return bias;
  }

  /** Inverts the sigmoid, in float32 as PyTorch does, which matters at 1. */
  private static float logit(float value) {
    return (float) Math.log(value + EPSILON) - (float) Math.log1p(-value + EPSILON);
  }

  /** (B, P, C) -> (B, P, 4), float32: centre x, centre y, width and height, each 0..1. */
  NDArray forward(NDArray features) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hidden = Functional.gelu(dense0.forward(features)); // (B, P, C)
      NDArray edges = dense2.forward(Functional.gelu(dense1.forward(hidden))); // (B, P, 4)
      return scope.keep(OwlViTKernels.sigmoidOfSum(edges, bias));
    }
  }
}
