package io.boxwright.udf.executor;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.LibTorch;
import java.util.Optional;

/** On which kind of device pipelines run. */
public enum DeviceType {
  /** The GPU that Spark assigned to the task, else the first of the machine, else the CPU. */
  AUTO {
    @Override
    public Device device(Optional<String> assignedGpu) {
      boolean gpu = assignedGpu.isPresent() || isUsable(Device.gpu(0));
      return gpu ? GPU.device(assignedGpu) : Device.cpu();
    }
  },
  /** The CPU, even if Spark assigned a GPU. */
  CPU {
    @Override
    public Device device(Optional<String> assignedGpu) {
      return Device.cpu();
    }
  },
  /** The GPU that Spark assigned to the task, else the first of the machine. */
  GPU {
    @Override
    public Device device(Optional<String> assignedGpu) {
      return Device.gpu(assignedGpu.map(DeviceType::gpuIndex).orElse(0));
    }
  };

  /**
   * The device of a task.
   *
   * @param assignedGpu the address of the GPU that Spark assigned to it
   * @throws IllegalArgumentException if that is no index
   */
  public abstract Device device(Optional<String> assignedGpu);

  /**
   * Checks that libtorch can use a device.
   *
   * @throws IllegalArgumentException naming the device, and what libtorch says about it
   */
  public static void requireUsable(Device device) {
    obstacle(device)
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(
                  "Cannot use %s, see conf/local-gpu.conf for what it needs. libtorch says: %s"
                      .formatted(name(device), reason));
            });
  }

  /** Whether libtorch can use a device. */
  static boolean isUsable(Device device) {
    return obstacle(device).isEmpty();
  }

  /** A device as reports call it, such as {@code gpu0}. */
  public static String name(Device device) {
    return device.isGpu() ? "gpu" + device.getDeviceId() : device.getDeviceType();
  }

  /**
   * Why libtorch cannot use a device, if it cannot: it is asked for a number there. DJL's count of
   * GPUs is no help, it is 0 wherever the system has no CUDA besides the one in libtorch.
   */
  private static Optional<String> obstacle(Device device) {
    try (NDManager manager = LibTorch.newManager(device)) {
      manager.ones(new Shape(1));
      return Optional.empty();
    } catch (EngineException e) {
      return Optional.of(String.valueOf(e.getMessage()).split("\\. |\n")[0]);
    }
  }

  private static int gpuIndex(String address) {
    try {
      return Integer.parseInt(address);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Invalid GPU address %s: the GPU discovery script must print indices such as 0"
              .formatted(address),
          e);
    }
  }
}
