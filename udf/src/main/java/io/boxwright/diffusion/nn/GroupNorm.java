package io.boxwright.diffusion.nn;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.torch.GradientTape;
import io.boxwright.torch.cuda.FusedKernels;
import io.boxwright.torch.cuda.FusedKernels.Activation;
import java.util.Optional;

/** {@code torch.nn.GroupNorm}: (B, C, H, W) -> (B, C, H, W). */
public final class GroupNorm {

  private final int groups;
  private final double epsilon;
  private final NDArray weight; // (C)
  private final NDArray bias; // (C)

  private GroupNorm(int groups, double epsilon, NDArray weight, NDArray bias) {
    this.groups = groups;
    this.epsilon = epsilon;
    this.weight = weight;
    this.bias = bias;
  }

  /** Loads a normalisation of {@code channels} channels in {@code groups} groups. */
  public static GroupNorm load(StateDict weights, int groups, long channels, double epsilon) {
    return new GroupNorm(
        groups, epsilon, weights.tensor("weight", channels), weights.tensor("bias", channels));
  }

  /** Normalises (B, C, H, W). */
  public NDArray forward(NDArray x) {
    return forwardFused(x, null, Activation.NONE)
        .orElseGet(() -> Functional.groupNorm(x, groups, weight, bias, epsilon));
  }

  /** Computes {@link #forward} followed by an activation. */
  public NDArray forward(NDArray x, ActivationFunction activation) {
    return activation == ActivationFunction.SILU ? forwardSilu(x) : activation.apply(forward(x));
  }

  private NDArray forwardSilu(NDArray x) {
    return forwardFused(x, null, Activation.SILU)
        .orElseGet(() -> Functional.groupNormSilu(x, groups, weight, bias, epsilon));
  }

  /**
   * Computes {@link #forward} of {@code x + channels}, with one number for each channel: (B or 1,
   * C).
   */
  public NDArray addForward(NDArray x, NDArray channels, ActivationFunction activation) {
    return activation == ActivationFunction.SILU
        ? addForwardSilu(x, channels)
        : activation.apply(forward(x.add(channels.expandDims(-1).expandDims(-1))));
  }

  private NDArray addForwardSilu(NDArray x, NDArray channels) {
    return forwardFused(x, channels, Activation.SILU)
        .orElseGet(() -> Functional.addGroupNormSilu(x, channels, groups, weight, bias, epsilon));
  }

  private Optional<NDArray> forwardFused(NDArray x, NDArray channels, Activation activation) {
    return FusedKernels.of(x, weight)
        .map(kernels -> kernels.groupNorm(channels, groups, weight, bias, epsilon, activation))
        .map(function -> GradientTape.apply(x, function));
  }
}
