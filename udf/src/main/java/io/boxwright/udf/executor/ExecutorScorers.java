package io.boxwright.udf.executor;

import ai.djl.Device;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.TaskContext;

/**
 * The scorers of this executor for images that exist already: detectors and CLIP without a
 * pipeline. There is one set for each device, for all tasks and jobs.
 */
public final class ExecutorScorers {

  private static final Map<Device, DeviceScorers> DEVICES = new ConcurrentHashMap<>();

  private ExecutorScorers() {}

  /**
   * Returns the scorers for the running task. They are on the GPU that Spark assigned to the task
   * or, if it assigned none, on one of {@link LocalGpus}. Each task calls this once.
   *
   * @param type the kind of device
   */
  public static DeviceScorers get(DeviceType type) {
    Device device = ExecutorPipelines.device(type, TaskContext.get());
    return DEVICES.computeIfAbsent(device, DeviceScorers::new);
  }
}
