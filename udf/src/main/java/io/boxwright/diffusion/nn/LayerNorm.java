package io.boxwright.diffusion.nn;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.torch.GradientTape;
import io.boxwright.torch.cuda.FusedKernels;

/** {@code torch.nn.LayerNorm} over the last axis: (..., C) -> (..., C). */
public final class LayerNorm {

  private final double epsilon;
  private final NDArray weight; // (C)
  private final NDArray bias; // (C)

  private LayerNorm(double epsilon, NDArray weight, NDArray bias) {
    this.epsilon = epsilon;
    this.weight = weight;
    this.bias = bias;
  }

  /** Loads a normalisation of {@code channels} channels. */
  public static LayerNorm load(StateDict weights, long channels, double epsilon) {
    return new LayerNorm(
        epsilon, weights.tensor("weight", channels), weights.tensor("bias", channels));
  }

  /** Normalises (..., C). */
  public NDArray forward(NDArray x) {
    return FusedKernels.of(x, weight)
        .map(kernels -> GradientTape.apply(x, kernels.layerNorm(weight, bias, epsilon)))
        .orElseGet(() -> Functional.layerNorm(x, weight, bias, epsilon));
  }
}
