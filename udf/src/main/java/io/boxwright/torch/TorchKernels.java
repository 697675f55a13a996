package io.boxwright.torch;

import static io.boxwright.torch.TorchModule.number;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.text.Count;
import java.util.Arrays;

/**
 * General PyTorch operators that DJL does not offer, or offers unfused, as plain Java methods.
 * Results are owned like those of {@link TorchModule#call}.
 */
public final class TorchKernels {

  private static final TorchModule MODULE =
      TorchModule.load(TorchKernels.class, "torch_kernels.txt");

  private TorchKernels() {}

  /**
   * Converts an array to another type; differentiable, unlike {@link NDArray#toType}.
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
   * Converts an array to {@code torch.channels_last}: still (B, C, H, W), but the channels of a
   * position are next to each other in memory, which is best for convolutions and attention.
   */
  public static NDArray channelsLast(NDArray x) {
    return MODULE.call("channels_last", x);
  }

  /** Converts an array to row-major order, whatever its memory format. */
  public static NDArray contiguous(NDArray x) {
    return MODULE.call("contiguous", x);
  }

  /** Overwrites an array with the numbers of another one of the same shape. */
  public static void copy(NDArray target, NDArray source) {
    MODULE.call("copy", target, source).close();
  }

  /** Overwrites an array with zeros. */
  public static void zero(NDArray target) {
    MODULE.call("zero", target).close();
  }

  /** Computes {@code wa * a}. */
  public static NDArray scale(double wa, NDArray a) {
    return weightedSum("weighted_sum_1", new double[] {wa}, a);
  }

  /** Computes {@code wa * a + wb * b} of arrays of one shape. */
  public static NDArray weightedSum(double wa, NDArray a, double wb, NDArray b) {
    return weightedSum("weighted_sum_2", new double[] {wa, wb}, a, b);
  }

  /** Computes {@code wa * a + wb * b + wc * c} of arrays of one shape. */
  public static NDArray weightedSum(
      double wa, NDArray a, double wb, NDArray b, double wc, NDArray c) {
    return weightedSum("weighted_sum_3", new double[] {wa, wb, wc}, a, b, c);
  }

  /** Computes {@code wa * a + wb * b + wc * c + wd * d} of arrays of one shape. */
  public static NDArray weightedSum(
      double wa, NDArray a, double wb, NDArray b, double wc, NDArray c, double wd, NDArray d) {
    return weightedSum("weighted_sum_4", new double[] {wa, wb, wc, wd}, a, b, c, d);
  }

  /** Limits every value to [low, high]. */
  public static NDArray clamp(NDArray x, double low, double high) {
    return MODULE.call("clamp", x, number(low), number(high));
  }

  /** Selects rows of (B, ...) at rows (K), INT64 -> (K, ...). */
  public static NDArray selectRows(NDArray x, NDArray rows) {
    return MODULE.call("select_rows", x, rows);
  }

  /**
   * Returns as many rows as another array has: x itself, or its rows twice.
   *
   * @param x (B, ...)
   * @param like (B or 2B, ...)
   */
  public static NDArray repeatRows(NDArray x, NDArray like) {
    long rows = x.getShape().get(0);
    long wanted = like.getShape().get(0);
    if (wanted != rows && wanted != 2 * rows) {
      throw new IllegalArgumentException(
          "Cannot make %s from %d: only as many or twice as many are possible"
              .formatted(Count.of(wanted, "row"), rows));
    }
    return wanted == rows ? x : MODULE.call("rows_twice", x);
  }

  /** Makes a copy of (B, ...) whose rows at rows (K), INT64, are those of values (K, ...). */
  public static NDArray replaceRows(NDArray x, NDArray rows, NDArray values) {
    return MODULE.call("replace_rows", x, rows, values);
  }

  /**
   * Makes the successive draws of {@code torch.randn(shape, generator=torch.Generator("cpu")
   * .manual_seed(seed))} from one generator, bit for bit. The generator is new, independent of
   * other threads and of the global seed.
   *
   * @param manager the owner of the result
   * @param seed any long
   * @param draws the number of calls of {@code torch.randn}, at least 1
   * @param shape the shape of each draw
   * @return (draws, shape...), float32, on the CPU
   */
  public static NDArray randn(NDManager manager, long seed, int draws, Shape shape) {
    try (NDArray like = manager.create(shape, DataType.FLOAT32);
        NDArray seedNumber = TorchModule.newNumber(seed)) {
      return MODULE.call("randn", like, seedNumber, number(draws));
    }
  }

  /**
   * Makes the same draws as {@link #randn}, of several rows, and keeps some rows of each.
   *
   * @param shape the shape of a row, (1, C, h, w)
   * @param total the number B of rows of each draw, (B, C, h, w)
   * @param rows the K rows that are kept, from 0
   * @return (draws, K, C, h, w), float32, on the CPU
   */
  public static NDArray randnRows(
      NDManager manager, long seed, int draws, Shape shape, int total, long[] rows) {
    try (NDArray like = manager.create(shape, DataType.FLOAT32);
        NDArray seedNumber = TorchModule.newNumber(seed);
        NDArray indices = TorchModule.newArray(rows)) {
      return MODULE.call("randn_rows", like, seedNumber, number(draws), number(total), indices);
    }
  }

  /** Finds the numbers that are greater, BOOLEAN. */
  public static NDArray greater(NDArray x, double than) {
    return MODULE.call("greater", x, number(than));
  }

  /** Finds the numbers that are greater or equal, BOOLEAN. */
  public static NDArray greaterOrEqual(NDArray x, double than) {
    return MODULE.call("greater_or_equal", x, number(than));
  }

  /**
   * Takes each row (B, C, H, W) from {@code one} where {@code first} (B), BOOLEAN, is true,
   * otherwise from {@code other}.
   */
  public static NDArray chooseRows(NDArray first, NDArray one, NDArray other) {
    return MODULE.call("choose_rows", first, one, other);
  }

  /** Finds the rows whose numbers are all finite: (B, ...) -> (B), BOOLEAN. */
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
