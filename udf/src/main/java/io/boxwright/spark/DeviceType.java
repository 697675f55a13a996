package io.boxwright.spark;

import ai.djl.Device;
import io.boxwright.nn.LibTorch;
import java.util.Optional;

/** On which kind of device pipelines run. */
public enum DeviceType {
  /** The GPU that Spark assigned to the task, else the first of the machine, else the CPU. */
  AUTO {
    @Override
    Device device(Optional<String> assignedGpu) {
      boolean gpu = assignedGpu.isPresent() || LibTorch.gpuCount() > 0;
      return gpu ? GPU.device(assignedGpu) : Device.cpu();
    }
  },
  /** The CPU, even if Spark assigned a GPU. */
  CPU {
    @Override
    Device device(Optional<String> assignedGpu) {
      return Device.cpu();
    }
  },
  /** The GPU that Spark assigned to the task, else the first of the machine. */
  GPU {
    @Override
    Device device(Optional<String> assignedGpu) {
      return Device.gpu(assignedGpu.map(DeviceType::gpuIndex).orElse(0));
    }
  };

  /**
   * The device of a task.
   *
   * @param assignedGpu the address of the GPU that Spark assigned to it
   */
  abstract Device device(Optional<String> assignedGpu);

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
