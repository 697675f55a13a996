package io.boxwright.udf.executor;

import ai.djl.Device;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The machine's GPUs, over which the tasks of this process are spread where Spark assigns none, as
 * under a local master. Tasks that share a GPU take turns.
 */
final class LocalGpus {

  private static LocalGpus ofMachine;

  private final int[] tasks; // by GPU

  /** Starts with some GPUs that have no tasks. */
  LocalGpus(int count) {
    tasks = new int[count];
  }

  /** Returns the GPUs that libtorch can use, which the first call determines. */
  static synchronized LocalGpus ofMachine() {
    if (ofMachine == null) {
      ofMachine =
          new LocalGpus(
              (int) IntStream.iterate(0, i -> i + 1).takeWhile(LocalGpus::isUsable).count());
    }
    return ofMachine;
  }

  private static boolean isUsable(int index) {
    return DeviceType.isUsable(Device.gpu(index));
  }

  /**
   * Returns the GPU with the fewest tasks and counts this task for it until the task ends; empty
   * without GPUs.
   */
  Optional<String> assign(TaskContext task) {
    if (tasks.length == 0) {
      return Optional.empty();
    }
    int gpu = take();
    task.addTaskCompletionListener((TaskCompletionListener) ended -> release(gpu));
    return Optional.of(Integer.toString(gpu));
  }

  private synchronized int take() {
    int fewest = Arrays.stream(tasks).min().orElseThrow();
    int gpu =
        IntStream.range(0, tasks.length).filter(i -> tasks[i] == fewest).findFirst().orElseThrow();
    tasks[gpu]++;
    return gpu;
  }

  private synchronized void release(int gpu) {
    tasks[gpu]--;
  }
}
