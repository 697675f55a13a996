package io.boxwright.udf.executor;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.LibTorch;
import java.util.Optional;

/** The kind of device that pipelines run on. */
public enum DeviceType {
  /**
   * The GPU that Spark assigned to the task, otherwise the first of the machine, otherwise the CPU.
   */
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
  /** The GPU that Spark assigned to the task, otherwise the first of the machine. */
  GPU {
    @Override
    public Device device(Optional<String> assignedGpu) {
      return Device.gpu(assignedGpu.map(DeviceType::parseIndex).orElse(0));
    }
  };

  /**
   * Returns the device of a task.
   *
   * @param assignedGpu the address of the GPU that Spark assigned to it
   * @throws IllegalArgumentException if the address is not an index
   */
  public abstract Device device(Optional<String> assignedGpu);

  /**
   * Checks that libtorch can use a device.
   *
   * @throws IllegalArgumentException naming the device and libtorch's reason
   */
  public static void requireUsable(Device device) {
    findObstacle(device)
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(
                  "Cannot use %s; conf/local-gpu.conf says what it needs. libtorch says: %s"
                      .formatted(name(device), reason));
            });
  }

  /** Returns whether libtorch can use a device. */
  static boolean isUsable(Device device) {
    return findObstacle(device).isEmpty();
  }

  /** Returns the name of a device in reports, such as {@code gpu0}. */
  public static String name(Device device) {
    return device.isGpu() ? "gpu" + device.getDeviceId() : device.getDeviceType();
  }

  /** Returns a device as the words of a sentence: {@code the CPU}, or a name as {@code gpu0}. */
  static String describe(Device device) {
    return device.isGpu() ? name(device) : "the CPU";
  }

  /**
   * Asks libtorch for a number on a device and returns its error, if there is one. DJL's count of
   * GPUs does not help, because it is 0 wherever the system has no CUDA besides the one in
   * libtorch.
   */
  private static Optional<String> findObstacle(Device device) {
    try (NDManager manager = LibTorch.newManager(device)) {
      manager.ones(new Shape(1));
      return Optional.empty();
    } catch (EngineException e) {
      return Optional.of(String.valueOf(e.getMessage()).split("\\. |\n")[0]);
    }
  }

  private static int parseIndex(String address) {
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
