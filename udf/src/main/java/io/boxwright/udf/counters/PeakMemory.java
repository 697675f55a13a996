package io.boxwright.udf.counters;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The memory in use by this process and on its GPU. */
public final class PeakMemory {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";

  private PeakMemory() {}

  /**
   * Returns the most bytes that this process ever held, heap and native; empty where there is no
   * /proc.
   */
  public static OptionalLong ofProcess() {
    if (!Files.isReadable(STATUS)) {
      return OptionalLong.empty();
    }
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(PEAK))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Returns the bytes in use on a GPU now, by all processes. libtorch keeps freed memory, so after
   * a batch this is about the most that the batch took. Empty for other devices, and where the
   * system has no CUDA besides the one in libtorch.
   */
  public static OptionalLong ofDevice(Device device) {
    return device.isGpu() && CudaUtils.hasCuda()
        ? OptionalLong.of(CudaUtils.getGpuMemory(device).getUsed())
        : OptionalLong.empty();
  }
}
