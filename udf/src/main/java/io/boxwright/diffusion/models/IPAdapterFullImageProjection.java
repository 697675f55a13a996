package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.diffusion.nn.LayerNorm;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;

/** diffusers' {@code IPAdapterFullImageProjection}: (B, 1 + P, C) to as many states. */
final class IPAdapterFullImageProjection implements ImagePromptProjection {

  private static final double EPSILON = 1e-5;

  private final Linear in;
  private final Linear out;
  private final LayerNorm norm;

  IPAdapterFullImageProjection(StateDict weights, int hiddenSize, int crossAttentionDim) {
    this.in = Linear.load(weights.at("proj.0"), hiddenSize, hiddenSize);
    this.out = Linear.load(weights.at("proj.2"), hiddenSize, crossAttentionDim);
    this.norm = LayerNorm.load(weights.at("proj.3"), crossAttentionDim, EPSILON);
  }

  @Override
  public Input input() {
    return Input.HIDDEN_STATES;
  }

  @Override
  public NDArray forward(NDArray encoded) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray inner = Functional.gelu(in.forward(encoded)); // (B, 1 + P, C)
      return scope.keep(norm.forward(out.forward(inner))); // (B, 1 + P, cross-attention channels)
    }
  }
}
