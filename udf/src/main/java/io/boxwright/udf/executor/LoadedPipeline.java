package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.pipelines.ImagePipeline;

/**
 * A pipeline of this executor.
 *
 * @param pipeline shared by the executor's tasks
 * @param device where it runs
 * @param limit how many rows fit there
 * @param thread where all of its batches are made
 * @param detectors on the same device
 */
public record LoadedPipeline(
    ImagePipeline pipeline,
    Device device,
    BatchLimit limit,
    PipelineThread thread,
    LoadedDetectors detectors) {

  /** One that has not done anything yet. */
  public LoadedPipeline(ImagePipeline pipeline, Device device) {
    this(
        pipeline,
        device,
        new BatchLimit(),
        new PipelineThread("pipeline-" + DeviceType.name(device)),
        new LoadedDetectors(device));
  }
}
