package io.boxwright.spark;

import ai.djl.Device;
import io.boxwright.pipelines.PretrainedOptions;
import java.io.Serializable;

/**
 * Which pipeline a job wants on its executors.
 *
 * @param model the diffusers folder
 * @param deviceType where it runs
 * @param weightType the type of its weights
 * @param variant which weight files, such as {@code fp16}; null for the plain ones
 * @param loader how it is loaded
 */
record PipelineSpec(
    ModelFolder model,
    DeviceType deviceType,
    WeightType weightType,
    String variant,
    PipelineLoader loader)
    implements Serializable {

  /** How the folder is loaded on a device. */
  PretrainedOptions pretrainedOptions(Device device) {
    return new PretrainedOptions(device, weightType.on(device), variant);
  }
}
