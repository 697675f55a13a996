package io.boxwright.diffusion.nn;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The PyTorch operators that DJL does not offer, or offers unfused, as plain Java methods.
 *
 * <p>They are methods of one TorchScript module, {@code torch_kernels.txt} next to this class,
 * which libtorch compiles once per process. A call costs about 15 us, is differentiable when the
 * thread's grad mode is on ({@link GradMode}), and may run in several threads at once. Numbers
 * travel as tensors of rank 0 on the CPU, which libtorch reads without a copy to the device or a
 * wait for it.
 *
 * <p>A result belongs to the manager of the method's first array and to the innermost {@link
 * ArrayScope} of the thread.
 */
public final class TorchKernels {

  private static final NDManager CONSTANTS = LibTorch.newManager(Device.cpu());
  private static final Map<Number, NDArray> NUMBERS = new ConcurrentHashMap<>();
  private static final Map<String, NDArray> METHODS = new ConcurrentHashMap<>();
  private static final PtSymbolBlock MODULE = load();

  /**
   * The graph optimizer is switched per thread. Off: it would compile every method anew for each
   * combination of shapes, and these methods are single operators that gain nothing by it.
   */
  private static final ThreadLocal<Boolean> OPTIMIZER_OFF =
      ThreadLocal.withInitial(
          () -> {
            JniUtils.setGraphExecutorOptimize(false);
            return true;
          });

  private TorchKernels() {}

  /** {@code x W^T}: x (..., in), weight (out, in) -> (..., out). */
  public static NDArray linear(NDArray x, NDArray weight) {
    return call("linear", x, weight);
  }

  /** {@code x W^T + b}: x (..., in), weight (out, in), bias (out) -> (..., out). */
  public static NDArray linear(NDArray x, NDArray weight, NDArray bias) {
    return call("linear_bias", x, weight, bias);
  }

  /** 2-D convolution with square stride and padding: (B, in, H, W) -> (B, out, H', W'). */
  public static NDArray conv2d(NDArray x, NDArray weight, NDArray bias, int stride, int padding) {
    return call("conv2d", x, weight, bias, number(stride), number(padding));
  }

  /** {@link #conv2d} without bias. */
  public static NDArray conv2d(NDArray x, NDArray weight, int stride, int padding) {
    return call("conv2d_without_bias", x, weight, number(stride), number(padding));
  }

  /** {@link #conv2d} with a 1x1 kernel, weight (out, in, 1, 1). */
  public static NDArray conv1x1(NDArray x, NDArray weight, NDArray bias) {
    return call("conv1x1", x, weight, bias);
  }

  /**
   * In another type; differentiable, which {@link NDArray#toType} is not.
   *
   * @param dataType {@code FLOAT32} or {@code FLOAT16}
   */
  public static NDArray toType(NDArray x, DataType dataType) {
    return switch (dataType) {
      case FLOAT32 -> call("to_float32", x);
      case FLOAT16 -> call("to_float16", x);
      default -> throw new IllegalArgumentException("Not a type of weights: " + dataType.name());
    };
  }

  /**
   * In the memory format that is fastest, which convolutions and what follows keep: {@link
   * #channelsLast} but where libtorch's group norm takes row-major order only, that is on GPUs, or
   * is differentiated faster in it, on the CPU.
   */
  public static NDArray inFastestFormat(NDArray x) {
    boolean groupNormTakesIt =
        x.getDevice().isGpu() ? FusedKernels.areFor(x) : !GradMode.isEnabled();
    return groupNormTakesIt ? channelsLast(x) : x;
  }

  /**
   * In {@code torch.channels_last}: still (B, C, H, W), but the channels of a position lie next to
   * each other, as convolutions and attention want them.
   */
  public static NDArray channelsLast(NDArray x) {
    return call("channels_last", x);
  }

  /** In row-major order, whatever {@link #inFastestFormat} chose. */
  public static NDArray contiguous(NDArray x) {
    return call("contiguous", x);
  }

  /** Adds one row of zeros below and one column right: (B, C, H, W) -> (B, C, H+1, W+1). */
  public static NDArray padBottomRight(NDArray x) {
    return call("pad_bottom_right", x);
  }

  /** Group normalisation of (B, C, ...) over groups of C / groups channels. */
  public static NDArray groupNorm(
      NDArray x, int groups, NDArray weight, NDArray bias, double epsilon) {
    return call("group_norm", x, number(groups), weight, bias, number(epsilon));
  }

  /** {@link #groupNorm} followed by SiLU. */
  public static NDArray groupNormSilu(
      NDArray x, int groups, NDArray weight, NDArray bias, double epsilon) {
    return call("group_norm_silu", x, number(groups), weight, bias, number(epsilon));
  }

  /** {@link #groupNormSilu} of {@code x + channels}, one number a channel: (B or 1, C). */
  public static NDArray addGroupNormSilu(
      NDArray x, NDArray channels, int groups, NDArray weight, NDArray bias, double epsilon) {
    return call("add_group_norm_silu", x, channels, number(groups), weight, bias, number(epsilon));
  }

  /** Layer normalisation over the last axis: (..., C) -> (..., C). */
  public static NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, double epsilon) {
    return call("layer_norm", x, weight, bias, number(epsilon));
  }

  /** Rows of weight (vocabulary, C) at ids (B, N), INT64 -> (B, N, C). */
  public static NDArray embedding(NDArray ids, NDArray weight) {
    return call("embedding", ids, weight);
  }

  /** {@code x * sigmoid(x)}. */
  public static NDArray silu(NDArray x) {
    return call("silu", x);
  }

  /** The exact GELU, with erf. */
  public static NDArray gelu(NDArray x) {
    return call("gelu", x);
  }

  /** {@code torch.nn.functional.gelu} with {@code approximate="tanh"}. */
  static NDArray geluTanh(NDArray x) {
    return call("gelu_tanh", x);
  }

  /** {@code torch.nn.functional.mish}. */
  static NDArray mish(NDArray x) {
    return call("mish", x);
  }

  /** {@code torch.nn.functional.relu}. */
  static NDArray relu(NDArray x) {
    return call("relu", x);
  }

  /** {@code x * sigmoid(1.702 x)}, the GELU of CLIP. */
  public static NDArray quickGelu(NDArray x) {
    return call("quick_gelu", x);
  }

  /** {@code states * GELU(gate)}, x (..., 2C) being the states and then the gate -> (..., C). */
  public static NDArray geglu(NDArray x) {
    return call("geglu", x);
  }

  /** Nearest-neighbour resizing: (B, C, h, w) -> (B, C, height, width). */
  public static NDArray upsampleNearest(NDArray x, long height, long width) {
    return call("upsample_nearest", x, number(height), number(width));
  }

  /** Picture to sequence: (B, C, H, W) -> (B, H*W, C). */
  public static NDArray positionsLast(NDArray x) {
    return call("positions_last", x);
  }

  /**
   * Sequence to picture of the height, width and memory format of {@code like}: (B, H*W, C) -> (B,
   * C, H, W).
   */
  public static NDArray positionsFirst(NDArray x, NDArray like) {
    return call("positions_first", x, like);
  }

  /** (B, N, heads*C) -> (B, heads, N, C). */
  public static NDArray splitHeads(NDArray x, int heads) {
    return call("split_heads", x, number(heads));
  }

  /** (B, heads, N, C) -> (B, N, heads*C). */
  public static NDArray mergeHeads(NDArray x) {
    return call("merge_heads", x);
  }

  /**
   * Fused attention: query (B, heads, N, C), key and value (B, heads, T, C) -> (B, heads, N, C).
   */
  public static NDArray scaledDotProductAttention(NDArray query, NDArray key, NDArray value) {
    return call("scaled_dot_product_attention", query, key, value);
  }

  /** {@link #scaledDotProductAttention} in which a position sees itself and those before it. */
  public static NDArray causalAttention(NDArray query, NDArray key, NDArray value) {
    return call("causal_attention", query, key, value);
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
    return call("attention_scores", query, key, number(scale));
  }

  /** Probabilities (B, heads, N, T) times value (B, heads, T, C) -> (B, heads, N, C). */
  public static NDArray attend(NDArray probabilities, NDArray value) {
    return call("attend", probabilities, value);
  }

  /**
   * Sinusoidal embedding of timesteps, as diffusers' {@code get_timestep_embedding}.
   *
   * @param timesteps (B), float32
   * @param dim width of the embedding
   * @param flipSinToCos 1 puts the cosines first, 0 the sines
   * @param shift {@code downscale_freq_shift}
   * @return (B, dim), float32
   */
  public static NDArray timestepEmbedding(
      NDArray timesteps, int dim, int flipSinToCos, double shift) {
    return call("timestep_embedding", timesteps, number(dim), number(flipSinToCos), number(shift));
  }

  /** {@code wa * a}. */
  public static NDArray scale(double wa, NDArray a) {
    return weightedSum("weighted_sum_1", new double[] {wa}, a);
  }

  /** {@code wa * a + wb * b} of arrays of one shape. */
  public static NDArray weightedSum(double wa, NDArray a, double wb, NDArray b) {
    return weightedSum("weighted_sum_2", new double[] {wa, wb}, a, b);
  }

  /** {@code wa * a + wb * b + wc * c} of arrays of one shape. */
  public static NDArray weightedSum(
      double wa, NDArray a, double wb, NDArray b, double wc, NDArray c) {
    return weightedSum("weighted_sum_3", new double[] {wa, wb, wc}, a, b, c);
  }

  /** {@code wa * a + wb * b + wc * c + wd * d} of arrays of one shape. */
  public static NDArray weightedSum(
      double wa, NDArray a, double wb, NDArray b, double wc, NDArray c, double wd, NDArray d) {
    return weightedSum("weighted_sum_4", new double[] {wa, wb, wc, wd}, a, b, c, d);
  }

  /** Limits every value to [low, high]. */
  public static NDArray clamp(NDArray x, double low, double high) {
    return call("clamp", x, number(low), number(high));
  }

  /**
   * Classifier-free guidance: {@code uncond + scale * (text - uncond)}.
   *
   * @param noise (2B, C, H, W), the unconditional half first
   * @param scale {@code guidance_scale}
   * @return (B, C, H, W)
   */
  public static NDArray classifierFreeGuidance(NDArray noise, double scale) {
    return call("classifier_free_guidance", noise, number(scale));
  }

  /** Rows of (B, ...) at rows (K), INT64 -> (K, ...). */
  public static NDArray selectRows(NDArray x, NDArray rows) {
    return call("select_rows", x, rows);
  }

  /**
   * As many rows as another array has: x itself, or its rows twice over.
   *
   * @param x (B, ...)
   * @param like (B or 2B, ...)
   */
  public static NDArray repeatRows(NDArray x, NDArray like) {
    long rows = x.getShape().get(0);
    long wanted = like.getShape().get(0);
    if (wanted != rows && wanted != 2 * rows) {
      throw new IllegalArgumentException(
          "%d rows cannot be had from %d: as many or twice as many can".formatted(wanted, rows));
    }
    return wanted == rows ? x : call("rows_twice", x);
  }

  /** A copy of (B, ...) whose rows at rows (K), INT64, are those of values (K, ...). */
  public static NDArray replaceRows(NDArray x, NDArray rows, NDArray values) {
    return call("replace_rows", x, rows, values);
  }

  /**
   * Successive draws of {@code torch.randn(shape, generator=torch.Generator("cpu")
   * .manual_seed(seed))} from one generator, bit for bit. Has its own generator: neither other
   * threads nor the global seed touch it.
   *
   * @param manager owns the result
   * @param seed any long
   * @param draws how many times {@code torch.randn} is called, at least 1
   * @param shape what each call draws
   * @return (draws, shape...), float32, on the CPU
   */
  public static NDArray randn(NDManager manager, long seed, int draws, Shape shape) {
    try (NDArray like = manager.create(shape, DataType.FLOAT32);
        NDArray seedNumber = CONSTANTS.create(seed)) {
      return call("randn", like, seedNumber, number(draws));
    }
  }

  /**
   * A sample of the VAE encoder's distribution, diffusers' {@code DiagonalGaussianDistribution}.
   *
   * @param moments (B, 2C, h, w): mean, then log variance
   * @param noise (B, C, h, w), standard normal
   * @return (B, C, h, w)
   */
  public static NDArray sampleDiagonalGaussian(NDArray moments, NDArray noise) {
    return call("sample_diagonal_gaussian", moments, noise);
  }

  /** (B, heads, N, T) -> (B, heads/2, N, T), the second half of the heads. */
  public static NDArray secondHalfOfHeads(NDArray probabilities) {
    return call("second_half_of_heads", probabilities);
  }

  /**
   * Adds one map's share of the layout loss to each row's: {@code weight * mean over heads of (1 -
   * sum(A * M) / sum(A))^2} for every entry, A being the map of the entry's token in the entry's
   * row.
   *
   * @param sum (B)
   * @param probabilities (B, heads, N, T)
   * @param rows (E), INT64: the row of each entry
   * @param tokens (E), INT64: the token of each entry
   * @param masks (E, 1, N): 1 inside the entry's boxes, else 0
   * @param weights (E)
   * @return (B)
   */
  public static NDArray addLayoutLoss(
      NDArray sum,
      NDArray probabilities,
      NDArray rows,
      NDArray tokens,
      NDArray masks,
      NDArray weights) {
    return call("add_layout_loss", sum, probabilities, rows, tokens, masks, weights);
  }

  /** Which numbers are greater, BOOLEAN. */
  public static NDArray greater(NDArray x, double than) {
    return call("greater", x, number(than));
  }

  /** Which numbers are greater or equal, BOOLEAN. */
  public static NDArray greaterOrEqual(NDArray x, double than) {
    return call("greater_or_equal", x, number(than));
  }

  /** Rows (B, C, H, W) of one or of the other, as first (B), BOOLEAN, says. */
  public static NDArray chooseRows(NDArray first, NDArray one, NDArray other) {
    return call("choose_rows", first, one, other);
  }

  /**
   * How far the guidance of each row is after an update of some.
   *
   * @param state (B, 3): the first loss, or NaN; the last one; how often it was updated
   * @param updated (B), BOOLEAN
   * @param losses (B)
   * @return (B, 3)
   */
  public static NDArray updateGuidanceState(NDArray state, NDArray updated, NDArray losses) {
    return call("update_guidance_state", state, updated, losses);
  }

  /**
   * Adds the mean over heads of the {@link #attentionScores} of the last B rows to the first K
   * keys.
   *
   * @param sum (B, N, K), float32
   * @param query (B, heads, N, C), or (2B, heads, N, C) with the unconditional half first
   * @param key as many rows, (.., heads, T, C)
   * @param scale usually {@code 1 / sqrt(C)}
   * @return (B, N, K), float32
   */
  public static NDArray addMeanAttentionScores(
      NDArray sum, NDArray query, NDArray key, double scale) {
    return call("add_mean_attention_scores", sum, query, key, number(scale));
  }

  /** Whether all numbers of a row are finite: (B, ...) -> (B), BOOLEAN. */
  public static NDArray finiteRows(NDArray x) {
    return call("finite_rows", x);
  }

  /** Images (B, 3, H, W) in [-1, 1] to bytes (B, H, W, 3), UINT8, rounded as diffusers rounds. */
  public static NDArray toPixels(NDArray images) {
    return call("to_pixels", images);
  }

  /**
   * Runs a kernel that gives one array.
   *
   * @param method its name in {@code torch_kernels.txt}
   * @param arrays its arguments
   * @return the result, attached to the manager of {@code arrays[0]}
   */
  private static NDArray call(String method, NDArray... arrays) {
    OPTIMIZER_OFF.get();
    NDList arguments = new NDList(arrays);
    arguments.add(METHODS.computeIfAbsent(method, TorchKernels::methodName));
    // "Training" only keeps DJL from entering inference mode, whose results autograd refuses later.
    return IValueUtils.forward(MODULE, arguments, true).singletonOrThrow();
  }

  private static NDArray weightedSum(String method, double[] weights, NDArray... arrays) {
    try (NDArray weightArray = CONSTANTS.create(weights)) {
      NDArray[] arguments = Arrays.copyOf(arrays, arrays.length + 1);
      arguments[arrays.length] = weightArray;
      return call(method, arguments);
    }
  }

  private static NDArray number(long value) {
    return NUMBERS.computeIfAbsent(value, key -> constant(CONSTANTS.create(value)));
  }

  private static NDArray number(double value) {
    return NUMBERS.computeIfAbsent(value, key -> constant(CONSTANTS.create(value)));
  }

  private static NDArray methodName(String method) {
    NDArray name = constant(CONSTANTS.create(0));
    name.setName("module_method:" + method);
    return name;
  }

  /** Keeps a process-wide constant out of the scope that happens to be open when it is made. */
  private static NDArray constant(NDArray array) {
    NDScope.unregister(array);
    return array;
  }

  private static PtSymbolBlock load() {
    try {
      byte[] archive = TorchScriptArchive.pack("TorchKernels", "torch_kernels.txt");
      return JniUtils.loadModule(
          (PtNDManager) CONSTANTS, new ByteArrayInputStream(archive), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot load torch_kernels.txt", e);
    }
  }
}
