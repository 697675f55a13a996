package io.boxwright.udf.executor;

import ai.djl.Device;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Spreads the tasks of this process over the machine's GPUs where Spark assigns none, as under a
 * local master. Several tasks may share a GPU: they take turns.
 */
final class LocalGpus {

  private static LocalGpus ofMachine;

  private final int[] tasks; // by GPU

  /** Of some GPUs, none of which has a task. */
  LocalGpus(int count) {
    tasks = new int[count];
  }

  /** The GPUs that libtorch can use, found out by the first call. */
  static synchronized LocalGpus ofMachine() {
    if (ofMachine == null) {
      ofMachine =
          new LocalGpus(
              (int) IntStream.iterate(0, i -> i + 1).takeWhile(LocalGpus::usable).count());
    }
    return ofMachine;
  }

  private static boolean usable(int index) {
    return DeviceType.isUsable(Device.gpu(index));
  }

  /**
   * The GPU with the fewest tasks, which this one is counted for until it ends; empty without GPUs.
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
