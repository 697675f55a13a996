package io.boxwright.torch.cuda;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.boxwright.torch.DifferentiableFunction;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.GradientTape;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operators that pass over memory once where libtorch's operators pass several times, with
 * derivatives of their own. Only GPUs have them; other devices use libtorch's operators.
 */
public interface FusedKernels {

  /** A number of channels that is usual: models have multiples of it. */
  long USUAL_CHANNELS = 32;

  /** The function after a normalisation. */
  enum Activation {
    /** Nothing. */
    NONE,
    /** {@code x * sigmoid(x)}. */
    SILU
  }

  /**
   * Returns the group normalisation of {@code x + channels}, x (B, C, H, W) -> (B, C, H, W),
   * channels last.
   *
   * @param channels one number for each channel, (B or 1, C), which get no gradient, or null
   */
  DifferentiableFunction groupNorm(
      NDArray channels,
      int groups,
      NDArray weight,
      NDArray bias,
      double epsilon,
      Activation activation);

  /** Returns the layer normalisation over the last axis: (..., C) -> (..., C). */
  DifferentiableFunction layerNorm(NDArray weight, NDArray bias, double epsilon);

  /**
   * Returns {@code states * GELU(gate)} of x (..., 2C), first the states, then the gate -> (...,
   * C).
   */
  DifferentiableFunction geglu();

  /**
   * Computes {@code a + b + bias}, where a and b are (B, C, H, W) and bias is (C). Not
   * differentiable.
   */
  NDArray addBias(NDArray a, NDArray b, NDArray bias);

  /** Computes {@code x + bias}, where x is (B, C, H, W) and bias is (C). Not differentiable. */
  NDArray addBias(NDArray x, NDArray bias);

  /**
   * Joins channels: (B, C, H, W) and (B or B/2, D, H, W), whose rows are taken twice, -> (B, C + D,
   * H, W). Not differentiable.
   */
  NDArray joinChannels(NDArray a, NDArray b);

  /**
   * Doubles a picture with nearest neighbours: (B, C, H, W) -> (B, C, 2H, 2W). Not differentiable.
   */
  NDArray upsampleTwice(NDArray x);

  /** Prepares the kernels for arrays of a type, which otherwise happens at their first use. */
  void prepare(DataType type);

  /** Returns whether these kernels take an array of this type and with this many channels. */
  boolean support(NDArray x, long channels);

  /**
   * Returns the kernels of the device where an array is. Empty if it has none, and where autograd
   * records without a {@link GradientTape}, because derivatives would be lost.
   */
  static Optional<FusedKernels> of(NDArray x) {
    return GradMode.isEnabled() && !GradientTape.isRecording()
        ? Optional.empty()
        : Loaded.of(x.getDevice());
  }

  /** Returns the kernels of the device where an array is, if they take it. */
  static Optional<FusedKernels> of(NDArray x, long channels) {
    return of(x).filter(kernels -> kernels.support(x, channels));
  }

  /**
   * Returns the kernels of the device where an array is, if they take it and weights (C) of the
   * same type.
   */
  static Optional<FusedKernels> of(NDArray x, NDArray weight) {
    return x.getDataType() == weight.getDataType() ? of(x, weight.size()) : Optional.empty();
  }

  /** Returns the same kernels as {@link #of(NDArray, long)}, but none where autograd records. */
  static Optional<FusedKernels> withoutAutograd(NDArray x, long channels) {
    return GradMode.isEnabled() ? Optional.empty() : of(x, channels);
  }

  /** Returns whether there are kernels for arrays of this type, on the device where it is. */
  static boolean areFor(NDArray x) {
    return of(x, USUAL_CHANNELS).isPresent();
  }

  /**
   * Applies {@link GradientTape#variable} where there are kernels, whose derivatives the tape
   * knows; otherwise returns x itself, and autograd does all the work.
   */
  static NDArray variable(NDArray x) {
    return GradientTape.isRecording() && of(x).isPresent() ? GradientTape.variable(x) : x;
  }

  /**
   * Runs {@link #prepare} in the background, for example while weights are read; does nothing for
   * devices without kernels.
   */
  static void prepareLater(Device device, DataType type) {
    CompletableFuture.runAsync(() -> Loaded.of(device).ifPresent(kernels -> kernels.prepare(type)))
        .whenComplete((done, e) -> Loaded.LOG.debug("Kernels of {} for {}", device, type, e));
  }

  /** Warns that a device is used without kernels. */
  static void warnWithout(Device device, Throwable reason) {
    Loaded.LOG.warn(
        "Images will take longer on {}: libtorch's own operators are used", device, reason);
  }

  /** The kernels of this process. */
  final class Loaded {

    private static final Logger LOG = LoggerFactory.getLogger(FusedKernels.class);
    private static final Map<Integer, Optional<FusedKernels>> BY_DEVICE = new ConcurrentHashMap<>();

    private Loaded() {}

    private static Optional<FusedKernels> of(Device device) {
      return BY_DEVICE.computeIfAbsent(key(device), id -> load(device));
    }

    /** Replaces the kernels of a device; tests put back the ones that it returns. */
    static Optional<FusedKernels> replace(Device device, Optional<FusedKernels> kernels) {
      return BY_DEVICE.put(key(device), kernels);
    }

    /**
     * Returns a number for a device, because DJL's CPUs are equal, but their hash codes are not.
     */
    static int key(Device device) {
      return device.isGpu() ? device.getDeviceId() : -1;
    }

    private static Optional<FusedKernels> load(Device device) {
      return device.isGpu() ? load(device, CudaKernels::new) : Optional.empty();
    }

    /** Loads the kernels of a device; warns and returns none if they cannot be loaded. */
    public static Optional<FusedKernels> load(
        Device device, Function<Device, FusedKernels> loader) {
      try {
        return Optional.of(loader.apply(device));
      } catch (CudaException | LinkageError e) {
        warnWithout(device, e);
        return Optional.empty();
      }
    }
  }
}
