package io.boxwright.torch;

import static io.boxwright.torch.TorchModule.number;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.text.Count;
import java.util.Arrays;

/**
 * The PyTorch operators on arrays of any meaning that DJL does not offer, or offers unfused, as
 * plain Java methods. Results are owned as those of {@link TorchModule#call} are.
 */
public final class TorchKernels {

  private static final TorchModule MODULE =
      TorchModule.load(TorchKernels.class, "torch_kernels.txt");

  private TorchKernels() {}

  /**
   * In another type; differentiable, which {@link NDArray#toType} is not.
   *
   * @param dataType {@code FLOAT32} or {@code FLOAT16}
   */
  public static NDArray toType(NDArray x, DataType dataType) {
    return switch (dataType) {
      case FLOAT32 -> MODULE.call("to_float32", x);
      case FLOAT16 -> MODULE.call("to_float16", x);
      default -> throw new IllegalArgumentException("Not a type of weights: " + dataType.name());
    };
  }

  /**
   * In {@code torch.channels_last}: still (B, C, H, W), but the channels of a position lie next to
   * each other, as convolutions and attention want them.
   */
  public static NDArray channelsLast(NDArray x) {
    return MODULE.call("channels_last", x);
  }

  /** In row-major order, whatever {@link #inFastestFormat} chose. */
  public static NDArray contiguous(NDArray x) {
    return MODULE.call("contiguous", x);
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
    return MODULE.call("clamp", x, number(low), number(high));
  }

  /** Rows of (B, ...) at rows (K), INT64 -> (K, ...). */
  public static NDArray selectRows(NDArray x, NDArray rows) {
    return MODULE.call("select_rows", x, rows);
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
          "%s cannot be had from %d: as many or twice as many can"
              .formatted(Count.of(wanted, "row"), rows));
    }
    return wanted == rows ? x : MODULE.call("rows_twice", x);
  }

  /** A copy of (B, ...) whose rows at rows (K), INT64, are those of values (K, ...). */
  public static NDArray replaceRows(NDArray x, NDArray rows, NDArray values) {
    return MODULE.call("replace_rows", x, rows, values);
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
        NDArray seedNumber = TorchModule.newNumber(seed)) {
      return MODULE.call("randn", like, seedNumber, number(draws));
    }
  }

  /** Which numbers are greater, BOOLEAN. */
  public static NDArray greater(NDArray x, double than) {
    return MODULE.call("greater", x, number(than));
  }

  /** Which numbers are greater or equal, BOOLEAN. */
  public static NDArray greaterOrEqual(NDArray x, double than) {
    return MODULE.call("greater_or_equal", x, number(than));
  }

  /** Rows (B, C, H, W) of one or of the other, as first (B), BOOLEAN, says. */
  public static NDArray chooseRows(NDArray first, NDArray one, NDArray other) {
    return MODULE.call("choose_rows", first, one, other);
  }

  /** Whether all numbers of a row are finite: (B, ...) -> (B), BOOLEAN. */
  public static NDArray finiteRows(NDArray x) {
    return MODULE.call("finite_rows", x);
  }

  private static NDArray weightedSum(String method, double[] weights, NDArray... arrays) {
    try (NDArray weightArray = TorchModule.newArray(weights)) {
      NDArray[] arguments = Arrays.copyOf(arrays, arrays.length + 1);
      arguments[arrays.length] = weightArray;
      return MODULE.call(method, arguments);
    }
  }
}
