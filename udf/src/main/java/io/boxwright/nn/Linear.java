package io.boxwright.nn;

import ai.djl.ndarray.NDArray;
import io.boxwright.loading.StateDict;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** {@code torch.nn.Linear}: (..., in) -> (..., out). */
public final class Linear {

  private final NDArray weight; // (out, in)
  private final NDArray bias; // (out), or null

  private Linear(NDArray weight, NDArray bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /** With bias. */
  public static Linear load(StateDict weights, long in, long out) {
    return new Linear(weights.tensor("weight", out, in), weights.tensor("bias", out));
  }

  /** Without bias. */
  public static Linear loadWithoutBias(StateDict weights, long in, long out) {
    return new Linear(weights.tensor("weight", out, in), null);
  }

  /** A 1x1 convolution as what it is: a linear layer over the channels of each position. */
  public static Linear loadConvolution1x1(StateDict weights, long in, long out) {
    NDArray weight = weights.tensor("weight", out, in, 1, 1);
    return new Linear(
        weight == null ? null : ArrayScope.release(weight.reshape(out, in)),
        weights.tensor("bias", out));
  }

  /**
   * The first and the second half of a layer's outputs as layers of their own.
   *
   * @param out even
   */
  public static List<Linear> loadHalves(StateDict weights, long in, long out) {
    List<NDArray> weight = halves(weights.tensor("weight", out, in));
    List<NDArray> bias = halves(weights.tensor("bias", out));
    return IntStream.of(0, 1).mapToObj(i -> new Linear(weight.get(i), bias.get(i))).toList();
  }

  /** Not copies; null if only the files' headers are read. */
  private static List<NDArray> halves(NDArray array) {
    return array == null
        ? Collections.nCopies(2, null)
        : array.split(2).stream().map(ArrayScope::release).toList();
  }

  /** (..., in) -> (..., out). */
  public NDArray forward(NDArray x) {
    return bias == null ? TorchKernels.linear(x, weight) : TorchKernels.linear(x, weight, bias);
  }
}
