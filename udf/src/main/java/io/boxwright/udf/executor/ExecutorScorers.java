package io.boxwright.udf.executor;

import ai.djl.Device;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The scorers of this executor for images that exist already: detectors and CLIP without a
 * pipeline. There is one set for each device, for all tasks and jobs.
 */
public final class ExecutorScorers {

  private static final Map<Device, DeviceScorers> DEVICES = new ConcurrentHashMap<>();
  private static final Map<Use, DeviceScorers> RUNNING = new ConcurrentHashMap<>();

  private ExecutorScorers() {}

  /** A running task and the kind of device that it asked for. */
  private record Use(long taskAttemptId, DeviceType type) {}

  /**
   * Returns the scorers for the running task, the same for each call of a task. They are on the GPU
   * that Spark assigned to the task or, if it assigned none, on one of {@link LocalGpus}. Outside
   * of tasks, as where the driver computes a constant, they are on the device of this machine that
   * the type chooses.
   *
   * @param type the kind of device
   */
  public static DeviceScorers get(DeviceType type) {
    TaskContext task = TaskContext.get();
    return task == null
        ? on(type.device(Optional.empty()))
        : RUNNING.computeIfAbsent(
            new Use(task.taskAttemptId(), type), use -> assign(task, use, type));
  }

  private static DeviceScorers assign(TaskContext task, Use use, DeviceType type) {
    task.addTaskCompletionListener((TaskCompletionListener) ended -> RUNNING.remove(use));
    return on(ExecutorPipelines.device(type, task));
  }

  private static DeviceScorers on(Device device) {
    return DEVICES.computeIfAbsent(device, DeviceScorers::new);
  }
}
