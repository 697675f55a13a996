package io.boxwright.diffusion.nn;

import static io.boxwright.torch.TorchModule.number;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.TorchModule;
import io.boxwright.torch.cuda.FusedKernels;

/**
 * {@code torch.nn.functional}: the operators of layers that DJL does not offer, or offers unfused.
 * Results are owned as those of {@link TorchModule#call} are.
 */
public final class Functional {

  private static final TorchModule MODULE =
      TorchModule.load(Functional.class, "functional_kernels.txt");

  private Functional() {}

  /** {@code x W^T}: x (..., in), weight (out, in) -> (..., out). */
  public static NDArray linear(NDArray x, NDArray weight) {
    return MODULE.call("linear", x, weight);
  }

  /** {@code x W^T + b}: x (..., in), weight (out, in), bias (out) -> (..., out). */
  public static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
    return MODULE.call("linear_bias", x, weight, bias);
  }

  /** 2-D convolution with square stride and padding: (B, in, H, W) -> (B, out, H', W'). */
  public static NDArray conv2d(NDArray x, NDArray weight, NDArray bias, int stride, int padding) {
    return MODULE.call("conv2d", x, weight, bias, number(stride), number(padding));
  }

  /** {@link #conv2d} without bias. */
  public static NDArray conv2d(NDArray x, NDArray weight, int stride, int padding) {
    return MODULE.call("conv2d_without_bias", x, weight, number(stride), number(padding));
  }

  /** {@link #conv2d} with a 1x1 kernel, weight (out, in, 1, 1). */
  public static NDArray conv1x1(NDArray x, NDArray weight, NDArray bias) {
    return MODULE.call("conv1x1", x, weight, bias);
  }

  /**
   * In the memory format that is fastest, which convolutions and what follows keep: {@link
   * #channelsLast} but where libtorch's group norm takes row-major order only, that is on GPUs, or
   * is differentiated faster in it, on the CPU.
   */
  public static NDArray inFastestFormat(NDArray x) {
    boolean groupNormTakesIt =
        x.getDevice().isGpu() ? FusedKernels.areFor(x) : !GradMode.isEnabled();
    return groupNormTakesIt ? TorchKernels.channelsLast(x) : x;
  }

  /** Adds one row of zeros below and one column right: (B, C, H, W) -> (B, C, H+1, W+1). */
  public static NDArray padBottomRight(NDArray x) {
    return MODULE.call("pad_bottom_right", x);
  }

  /** Group normalisation of (B, C, ...) over groups of C / groups channels. */
  public static NDArray groupNorm(
      NDArray x, int groups, NDArray weight, NDArray bias, double epsilon) {
    return MODULE.call("group_norm", x, number(groups), weight, bias, number(epsilon));
  }

  /** {@link #groupNorm} followed by SiLU. */
  public static NDArray groupNormSilu(
      NDArray x, int groups, NDArray weight, NDArray bias, double epsilon) {
    return MODULE.call("group_norm_silu", x, number(groups), weight, bias, number(epsilon));
  }

  /** {@link #groupNormSilu} of {@code x + channels}, one number a channel: (B or 1, C). */
  public static NDArray addGroupNormSilu(
      NDArray x, NDArray channels, int groups, NDArray weight, NDArray bias, double epsilon) {
    return MODULE.call(
        "add_group_norm_silu", x, channels, number(groups), weight, bias, number(epsilon));
  }

  /** Layer normalisation over the last axis: (..., C) -> (..., C). */
  public static NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, double epsilon) {
    return MODULE.call("layer_norm", x, weight, bias, number(epsilon));
  }

  /** Rows of weight (vocabulary, C) at ids (B, N), INT64 -> (B, N, C). */
  public static NDArray embedding(NDArray ids, NDArray weight) {
    return MODULE.call("embedding", ids, weight);
  }

  /** {@code x * sigmoid(x)}. */
  public static NDArray silu(NDArray x) {
    return MODULE.call("silu", x);
  }

  /** The exact GELU, with erf. */
  public static NDArray gelu(NDArray x) {
    return MODULE.call("gelu", x);
  }

  /** {@code torch.nn.functional.gelu} with {@code approximate="tanh"}. */
  public static NDArray geluTanh(NDArray x) {
    return MODULE.call("gelu_tanh", x);
  }

  /** {@code torch.nn.functional.mish}. */
  public static NDArray mish(NDArray x) {
    return MODULE.call("mish", x);
  }

  /** {@code torch.nn.functional.relu}. */
  public static NDArray relu(NDArray x) {
    return MODULE.call("relu", x);
  }

  /** {@code x * sigmoid(1.702 x)}, the GELU of CLIP. */
  public static NDArray quickGelu(NDArray x) {
    return MODULE.call("quick_gelu", x);
  }

  /** {@code states * GELU(gate)}, x (..., 2C) being the states and then the gate -> (..., C). */
  public static NDArray geglu(NDArray x) {
    return MODULE.call("geglu", x);
  }

  /** Nearest-neighbour resizing: (B, C, h, w) -> (B, C, height, width). */
  public static NDArray upsampleNearest(NDArray x, long height, long width) {
    return MODULE.call("upsample_nearest", x, number(height), number(width));
  }

  /** Picture to sequence: (B, C, H, W) -> (B, H*W, C). */
  public static NDArray positionsLast(NDArray x) {
    return MODULE.call("positions_last", x);
  }

  /**
   * Sequence to picture of the height, width and memory format of {@code like}: (B, H*W, C) -> (B,
   * C, H, W).
   */
  public static NDArray positionsFirst(NDArray x, NDArray like) {
    return MODULE.call("positions_first", x, like);
  }

  /** (B, N, heads*C) -> (B, heads, N, C). */
  public static NDArray splitHeads(NDArray x, int heads) {
    return MODULE.call("split_heads", x, number(heads));
  }

  /** (B, heads, N, C) -> (B, N, heads*C). */
  public static NDArray mergeHeads(NDArray x) {
    return MODULE.call("merge_heads", x);
  }

  /**
   * Fused attention: query (B, heads, N, C), key and value (B, heads, T, C) -> (B, heads, N, C).
   */
  public static NDArray scaledDotProductAttention(NDArray query, NDArray key, NDArray value) {
    return MODULE.call("scaled_dot_product_attention", query, key, value);
  }

  /** {@link #scaledDotProductAttention} in which a position sees itself and those before it. */
  public static NDArray causalAttention(NDArray query, NDArray key, NDArray value) {
    return MODULE.call("causal_attention", query, key, value);
  }

  /**
   * Attention probabilities, computed in float32 ({@code upcast_attention}, {@code
   * upcast_softmax}): softmax over keys of {@code scale * query key^T}.
   *
   * @param query (B, heads, N, C)
   * @param key (B, heads, T, C)
   * @param scale usually {@code 1 / sqrt(C)}
   * @return (B, heads, N, T), float32; each row sums to 1
   */
  public static NDArray attentionScores(NDArray query, NDArray key, double scale) {
    return MODULE.call("attention_scores", query, key, number(scale));
  }

  /** Probabilities (B, heads, N, T) times value (B, heads, T, C) -> (B, heads, N, C). */
  public static NDArray attend(NDArray probabilities, NDArray value) {
    return MODULE.call("attend", probabilities, value);
  }
}
