package io.boxwright.job.benchmark;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the maker calls a processor, where Linux or NVIDIA's driver tells. */
final class DeviceName {

  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path GPUS = Path.of("/proc/driver/nvidia/gpus");

  private DeviceName() {}

  /** Of a device. Of GPUs only where all are of one kind: they are not numbered as in libtorch. */
  static Optional<String> of(Device device) {
    List<String> names =
        device.isGpu()
            ? gpuFiles().stream().flatMap(file -> values(file, "Model")).distinct().toList()
            : values(CPU, "model name").distinct().toList();
    return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
  }

  private static List<Path> gpuFiles() {
    try (Stream<Path> folders = Files.list(GPUS)) {
      return folders.map(folder -> folder.resolve("information")).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** The values of lines such as {@code Model: NVIDIA H100}. */
  private static Stream<String> values(Path file, String key) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip());
    } catch (IOException e) {
      return Stream.of();
    }
  }
}
