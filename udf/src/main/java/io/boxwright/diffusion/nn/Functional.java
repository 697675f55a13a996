package io.boxwright.diffusion.nn;

import static io.boxwright.torch.TorchModule.number;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.TorchModule;
import io.boxwright.torch.cuda.FusedKernels;

/**
 * {@code torch.nn.functional}: the operators of layers that DJL does not offer, or offers unfused.
 * Results are owned like those of {@link TorchModule#call}.
 */
public final class Functional {

  private static final TorchModule MODULE =
      TorchModule.load(Functional.class, "functional_kernels.txt");

  private Functional() {}

  /** Computes {@code x W^T}: x (..., in), weight (out, in) -> (..., out). */
  public static NDArray linear(NDArray x, NDArray weight) {
    return MODULE.call("linear", x, weight);
  }

  /** Computes {@code x W^T + b}: x (..., in), weight (out, in), bias (out) -> (..., out). */
  public static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
    return MODULE.call("linear_bias", x, weight, bias);
  }

  /**
   * Computes a 2-D convolution with square stride and padding: (B, in, H, W) -> (B, out, H', W').
   */
  public static NDArray conv2d(NDArray x, NDArray weight, NDArray bias, int stride, int padding) {
    return MODULE.call("conv2d", x, weight, bias, number(stride), number(padding));
  }

  /** Computes {@link #conv2d} without bias. */
  public static NDArray conv2d(NDArray x, NDArray weight, int stride, int padding) {
    return MODULE.call("conv2d_without_bias", x, weight, number(stride), number(padding));
  }

  /** Computes {@link #conv2d} with a 1x1 kernel, weight (out, in, 1, 1). */
  public static NDArray conv1x1(NDArray x, NDArray weight, NDArray bias) {
    return MODULE.call("conv1x1", x, weight, bias);
  }

  /**
   * Returns an array in its fastest memory format, which convolutions and the layers after them
   * keep. That is {@link TorchKernels#channelsLast}, with two exceptions that stay as they are: on
   * a GPU without {@link FusedKernels}, libtorch's group norm takes row-major order only; on the
   * CPU, it is differentiated faster in row-major order.
   */
  public static NDArray inFastestFormat(NDArray x) {
    boolean groupNormTakesIt =
        x.getDevice().isGpu() ? FusedKernels.areFor(x) : !GradMode.isEnabled();
    return groupNormTakesIt ? TorchKernels.channelsLast(x) : x;
  }

  /** Adds one row of zeros below and one column on the right: (B, C, H, W) -> (B, C, H+1, W+1). */
  public static NDArray padBottomRight(NDArray x) {
    return MODULE.call("pad_bottom_right", x);
  }

  /** Normalises (B, C, ...) over groups of C / groups channels. */
  public static NDArray groupNorm(
      NDArray x, int groups, NDArray weight, NDArray bias, double epsilon) {
    return MODULE.call("group_norm", x, number(groups), weight, bias, number(epsilon));
  }

  /** Computes {@link #groupNorm} followed by SiLU. */
  public static NDArray groupNormSilu(
      NDArray x, int groups, NDArray weight, NDArray bias, double epsilon) {
    return MODULE.call("group_norm_silu", x, number(groups), weight, bias, number(epsilon));
  }

  /**
   * Computes {@link #groupNormSilu} of {@code x + channels}, with one number for each channel: (B
   * or 1, C).
   */
  public static NDArray addGroupNormSilu(
      NDArray x, NDArray channels, int groups, NDArray weight, NDArray bias, double epsilon) {
    return MODULE.call(
        "add_group_norm_silu", x, channels, number(groups), weight, bias, number(epsilon));
  }

  /** Normalises over the last axis: (..., C) -> (..., C). */
  public static NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, double epsilon) {
    return MODULE.call("layer_norm", x, weight, bias, number(epsilon));
  }

  /** Selects rows of weight (vocabulary, C) at ids (B, N), INT64 -> (B, N, C). */
  public static NDArray embedding(NDArray ids, NDArray weight) {
    return MODULE.call("embedding", ids, weight);
  }

  /** Computes {@code x * sigmoid(x)}. */
  public static NDArray silu(NDArray x) {
    return MODULE.call("silu", x);
  }

  /** Computes the exact GELU, with erf. */
  public static NDArray gelu(NDArray x) {
    return MODULE.call("gelu", x);
  }

  /** Computes {@code torch.nn.functional.gelu} with {@code approximate="tanh"}. */
  public static NDArray geluTanh(NDArray x) {
    return MODULE.call("gelu_tanh", x);
  }

  /** Computes {@code torch.nn.functional.mish}. */
  public static NDArray mish(NDArray x) {
    return MODULE.call("mish", x);
  }

  /** Computes {@code torch.nn.functional.relu}. */
  public static NDArray relu(NDArray x) {
    return MODULE.call("relu", x);
  }

  /** Computes {@code x * sigmoid(1.702 x)}, the GELU of CLIP. */
  public static NDArray quickGelu(NDArray x) {
    return MODULE.call("quick_gelu", x);
  }

  /**
   * Computes {@code states * GELU(gate)} of x (..., 2C), first the states, then the gate -> (...,
   * C).
   */
  public static NDArray geglu(NDArray x) {
    return MODULE.call("geglu", x);
  }

  /** Resizes with nearest neighbours: (B, C, h, w) -> (B, C, height, width). */
  public static NDArray upsampleNearest(NDArray x, long height, long width) {
    return MODULE.call("upsample_nearest", x, number(height), number(width));
  }

  /** Turns a picture into a sequence: (B, C, H, W) -> (B, H*W, C). */
  public static NDArray positionsLast(NDArray x) {
    return MODULE.call("positions_last", x);
  }

  /**
   * Turns a sequence into a picture with the height, width and memory format of {@code like}: (B,
   * H*W, C) -> (B, C, H, W).
   */
  public static NDArray positionsFirst(NDArray x, NDArray like) {
    return MODULE.call("positions_first", x, like);
  }

  /**
   * Computes {@link #splitHeads} of {@link #linear(NDArray, NDArray)}: (B, N, in) -> (B, heads, N,
   * C).
   */
  public static NDArray projectHeads(NDArray x, NDArray weight, int heads) {
    return MODULE.call("project_heads", x, weight, number(heads));
  }

  /** Computes {@link #projectHeads(NDArray, NDArray, int)} with a bias (heads*C). */
  public static NDArray projectHeads(NDArray x, NDArray weight, NDArray bias, int heads) {
    return MODULE.call("project_heads_bias", x, weight, bias, number(heads));
  }

  /** Computes {@link #linear} of {@link #mergeHeads}: (B, heads, N, C) -> (B, N, out). */
  public static NDArray projectMergedHeads(NDArray x, NDArray weight, NDArray bias) {
    return MODULE.call("project_merged_heads", x, weight, bias);
  }

  /**
   * Computes a whole attention: {@link #projectHeads} to queries, keys and values, {@link
   * #scaledDotProductAttention} and {@link #projectMergedHeads}. One call in place of nine saves
   * time of the host.
   *
   * @param x (B, N, C)
   * @param context (B, T, D)
   * @param toQ (heads*c, C)
   * @param toK (heads*c, D)
   * @param toV (heads*c, D)
   * @param toOut (C, heads*c)
   * @param bias (C)
   * @return (B, N, C)
   */
  public static NDArray attention(
      NDArray x,
      NDArray context,
      NDArray toQ,
      NDArray toK,
      NDArray toV,
      NDArray toOut,
      NDArray bias,
      int heads) {
    return MODULE.call("attention", x, context, toQ, toK, toV, toOut, bias, number(heads));
  }

  /** Splits heads: (B, N, heads*C) -> (B, heads, N, C). */
  public static NDArray splitHeads(NDArray x, int heads) {
    return MODULE.call("split_heads", x, number(heads));
  }

  /** Merges heads: (B, heads, N, C) -> (B, N, heads*C). */
  public static NDArray mergeHeads(NDArray x) {
    return MODULE.call("merge_heads", x);
  }

  /**
   * Computes fused attention: query (B, heads, N, C), key and value (B, heads, T, C) -> (B, heads,
   * N, C).
   */
  public static NDArray scaledDotProductAttention(NDArray query, NDArray key, NDArray value) {
    return MODULE.call("scaled_dot_product_attention", query, key, value);
  }

  /**
   * Computes {@link #scaledDotProductAttention} in which a position sees only itself and earlier
   * ones.
   */
  public static NDArray causalAttention(NDArray query, NDArray key, NDArray value) {
    return MODULE.call("causal_attention", query, key, value);
  }

  /**
   * Computes attention probabilities in float32 ({@code upcast_attention}, {@code upcast_softmax}):
   * the softmax over keys of {@code scale * query key^T}.
   *
   * @param query (B, heads, N, C)
   * @param key (B, heads, T, C)
   * @param scale usually {@code 1 / sqrt(C)}
   * @return (B, heads, N, T), float32; each row sums to 1
   */
  public static NDArray attentionScores(NDArray query, NDArray key, double scale) {
    return MODULE.call("attention_scores", query, key, number(scale));
  }

  /** Multiplies probabilities (B, heads, N, T) by value (B, heads, T, C) -> (B, heads, N, C). */
  public static NDArray attend(NDArray probabilities, NDArray value) {
    return MODULE.call("attend", probabilities, value);
  }
}
