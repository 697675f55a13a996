package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import java.io.Serializable;

/**
 * The pipeline that a job wants on its executors.
 *
 * @param model the diffusers folder
 * @param fingerprint the content that the driver found there and executors must load
 * @param deviceType the kind of device that it runs on
 * @param weightType the type of its weights
 * @param variant the variant of the weight files, such as {@code fp16}; null for the plain ones
 * @param loader the loader of the pipeline
 */
public record PipelineSpec(
    ModelFolder model,
    ModelFingerprint fingerprint,
    DeviceType deviceType,
    WeightType weightType,
    String variant,
    PipelineLoader loader)
    implements Serializable {

  /** Returns the options for loading the folder on a device. */
  PretrainedOptions pretrainedOptions(Device device) {
    return new PretrainedOptions(device, weightType.on(device), variant);
  }

  /**
   * Reads the whole model on this host and checks that it is the driver's.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming this host and the first
   *     file that differs from the driver's
   */
  HashedFolder verify() {
    return SameModelCheck.require(model.name(), model.hash(loader, variant), fingerprint);
  }
}
