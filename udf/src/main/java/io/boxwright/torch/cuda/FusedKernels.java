package io.boxwright.torch.cuda;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.boxwright.torch.DifferentiableFunction;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.GradientTape;
import io.boxwright.torch.TorchKernels;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operators that pass over memory once where libtorch's pass several times, with derivatives of
 * their own. Only GPUs have them; elsewhere {@link TorchKernels} do the same.
 */
public interface FusedKernels {

  /** Models have multiples of it. */
  long USUAL_CHANNELS = 32;

  /** What follows a normalisation. */
  enum Activation {
    /** Nothing. */
    NONE,
    /** {@code x * sigmoid(x)}. */
    SILU
  }

  /**
   * Group normalisation of {@code x + channels}, x (B, C, H, W) -> (B, C, H, W), channels last.
   *
   * @param channels (B or 1, C), which get no gradient, or null
   */
  DifferentiableFunction groupNorm(
      NDArray channels,
      int groups,
      NDArray weight,
      NDArray bias,
      double epsilon,
      Activation activation);

  /** Layer normalisation over the last axis: (..., C) -> (..., C). */
  DifferentiableFunction layerNorm(NDArray weight, NDArray bias, double epsilon);

  /** {@code states * GELU(gate)}, x (..., 2C) being the states and then the gate -> (..., C). */
  DifferentiableFunction geglu();

  /** {@code a + b + bias}, (B, C, H, W) both and (C). Not differentiable. */
  NDArray addBias(NDArray a, NDArray b, NDArray bias);

  /** (B, C, H, W) -> (B, C, 2H, 2W), nearest neighbours. Not differentiable. */
  NDArray upsampleTwice(NDArray x);

  /** Makes ready what arrays of a type need, which otherwise their first use does. */
  void prepare(DataType type);

  /** Whether these kernels take an array of this type and with this many channels. */
  boolean support(NDArray x, long channels);

  /**
   * Those of the device where an array is. Empty if it has none, and where autograd records but no
   * {@link GradientTape}: derivatives would be lost.
   */
  static Optional<FusedKernels> of(NDArray x) {
    return GradMode.isEnabled() && !GradientTape.isRecording()
        ? Optional.empty()
        : Loaded.of(x.getDevice());
  }

  /** Those of the device where an array is, if they take it. */
  static Optional<FusedKernels> of(NDArray x, long channels) {
    return of(x).filter(kernels -> kernels.support(x, channels));
  }

  /** Those of the device where an array is, if they take it and weights (C) of the same type. */
  static Optional<FusedKernels> of(NDArray x, NDArray weight) {
    return x.getDataType() == weight.getDataType() ? of(x, weight.size()) : Optional.empty();
  }

  /** Whether there are some for arrays of this type, on the device where it is. */
  static boolean areFor(NDArray x) {
    return of(x, USUAL_CHANNELS).isPresent();
  }

  /**
   * {@link GradientTape#variable} where there are kernels, whose derivatives the tape knows; x
   * itself elsewhere, where all is autograd's.
   */
  static NDArray variable(NDArray x) {
    return GradientTape.isRecording() && of(x).isPresent() ? GradientTape.variable(x) : x;
  }

  /**
   * {@link #prepare}, in the background, which can be done while weights are read; does nothing for
   * devices without kernels.
   */
  static void prepareLater(Device device, DataType type) {
    CompletableFuture.runAsync(() -> Loaded.of(device).ifPresent(kernels -> kernels.prepare(type)))
        .whenComplete((done, e) -> Loaded.LOG.debug("Kernels of {} for {}", device, type, e));
  }

  /** Says that a device does without. */
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

    /** Others, for tests; to be put back. */
    static Optional<FusedKernels> replace(Device device, Optional<FusedKernels> kernels) {
      return BY_DEVICE.put(key(device), kernels);
    }

    /** Not the device itself: DJL's CPUs are equal, but their hash codes are not. */
    private static int key(Device device) {
      return device.isGpu() ? device.getDeviceId() : -1;
    }

    private static Optional<FusedKernels> load(Device device) {
      return device.isGpu() ? load(device, CudaKernels::new) : Optional.empty();
    }

    /** What a device has, or nothing and a warning if it cannot be loaded. */
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
