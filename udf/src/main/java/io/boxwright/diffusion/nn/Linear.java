package io.boxwright.diffusion.nn;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.torch.ArrayScope;

/** {@code torch.nn.Linear}: (..., in) -> (..., out). */
public final class Linear {

  private final NDArray weight; // (out, in)
  private final NDArray bias; // (out), or null

  private Linear(NDArray weight, NDArray bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /** Loads a layer with bias. */
  public static Linear load(StateDict weights, long in, long out) {
    return new Linear(weights.tensor("weight", out, in), weights.tensor("bias", out));
  }

  /** Loads a layer without bias. */
  public static Linear loadWithoutBias(StateDict weights, long in, long out) {
    return new Linear(weights.tensor("weight", out, in), null);
  }

  /** Loads a 1x1 convolution as a linear layer over the channels of each position. */
  public static Linear loadConvolution1x1(StateDict weights, long in, long out) {
    NDArray weight = weights.tensor("weight", out, in, 1, 1);
    return new Linear(
        weight == null ? null : ArrayScope.release(weight.reshape(out, in)),
        weights.tensor("bias", out));
  }

  /** Returns the weight, (out, in). */
  public NDArray weight() {
    return weight;
  }

  /** Returns the bias, (out), or null. */
  public NDArray bias() {
    return bias;
  }

  /** Maps (B, N, in) to (B, heads, N, out/heads). */
  public NDArray forwardToHeads(NDArray x, int heads) {
    return bias == null
        ? Functional.projectHeads(x, weight, heads)
        : Functional.projectHeads(x, weight, bias, heads);
  }

  /** Maps (B, heads, N, in/heads) to (B, N, out); needs a bias. */
  public NDArray forwardFromHeads(NDArray x) {
    return Functional.projectMergedHeads(x, weight, bias);
  }

  /** Maps (..., in) to (..., out). */
  public NDArray forward(NDArray x) {
    return bias == null ? Functional.linear(x, weight) : Functional.linear(x, weight, bias);
  }
}
