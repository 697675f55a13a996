package io.boxwright.diffusion.nn;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.cuda.FusedKernels;

/** {@code torch.nn.Conv2d} with square kernel, stride and padding, with bias. */
public final class Conv2d {

  private final NDArray weight; // (out, in, kernel, kernel)
  private final NDArray bias; // (out)
  private final int stride;
  private final int padding;

  private Conv2d(NDArray weight, NDArray bias, int stride, int padding) {
    this.weight = weight;
    this.bias = bias;
    this.stride = stride;
    this.padding = padding;
  }

  /** Loads a convolution of the given channels, kernel size, stride and zero padding. */
  public static Conv2d load(
      StateDict weights, long in, long out, int kernel, int stride, int padding) {
    return new Conv2d(
        inFastestFormat(weights.tensor("weight", out, in, kernel, kernel)),
        weights.tensor("bias", out),
        stride,
        padding);
  }

  /** Puts weights on a GPU into the format of their inputs; otherwise each call copies them. */
  private static NDArray inFastestFormat(NDArray weight) {
    if (weight == null || !weight.getDevice().isGpu() || !FusedKernels.areFor(weight)) {
      return weight;
    }
    try (weight) {
      return ArrayScope.release(TorchKernels.channelsLast(weight));
    }
  }

  /** Loads a 3x3 convolution that keeps the size. */
  public static Conv2d load3x3(StateDict weights, long in, long out) {
    return load(weights, in, out, 3, 1, 1);
  }

  /** Loads a 1x1 convolution. */
  public static Conv2d load1x1(StateDict weights, long in, long out) {
    return load(weights, in, out, 1, 1, 0);
  }

  /** Returns the bias, (out). */
  public NDArray bias() {
    return bias;
  }

  /** Computes {@link #forward} without the bias. */
  public NDArray forwardWithoutBias(NDArray x) {
    return Functional.conv2d(x, weight, stride, padding);
  }

  /** Maps (B, in, H, W) to (B, out, H', W'). */
  public NDArray forward(NDArray x) {
    return forward(x, bias);
  }

  /** Computes {@link #forward} with {@code more} (out) added to the bias. */
  public NDArray forwardWithMoreBias(NDArray x, NDArray more) {
    return forward(x, bias.add(more));
  }

  /** Adds {@link #forward} of x to {@code other}, both (B, out, H', W'). */
  public NDArray addForward(NDArray other, NDArray x) {
    return FusedKernels.withoutAutograd(other, bias.size())
        .map(kernels -> kernels.addBias(other, forwardWithoutBias(x), bias))
        .orElseGet(() -> other.add(forward(x)));
  }

  private NDArray forward(NDArray x, NDArray wholeBias) {
    if (stride == 1 && padding == 0) { // pointwise
      return Functional.conv1x1(x, weight, wholeBias);
    }
    return FusedKernels.withoutAutograd(x, wholeBias.size())
        .map(kernels -> kernels.addBias(forwardWithoutBias(x), wholeBias))
        .orElseGet(() -> Functional.conv2d(x, weight, wholeBias, stride, padding));
  }
}
