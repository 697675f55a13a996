package io.boxwright.job.benchmark;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The maker's name of a processor, if Linux or NVIDIA's driver gives it. */
final class DeviceName {

  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path GPUS = Path.of("/proc/driver/nvidia/gpus");

  private DeviceName() {}

  /**
   * Returns the name of a device. For a GPU this needs all GPUs to be of one kind, because the
   * driver numbers them differently than libtorch.
   */
  static Optional<String> of(Device device) {
    List<String> names =
        device.isGpu()
            ? listGpuFiles().stream().flatMap(file -> readValues(file, "Model")).distinct().toList()
            : readValues(CPU, "model name").distinct().toList();
    return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
  }

  private static List<Path> listGpuFiles() {
    try (Stream<Path> folders = Files.list(GPUS)) {
      return folders.map(folder -> folder.resolve("information")).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Reads the values of lines such as {@code Model: NVIDIA H100}. */
  private static Stream<String> readValues(Path file, String key) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip());
    } catch (IOException e) {
      return Stream.of();
    }
  }
}
