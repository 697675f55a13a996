package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.pipelines.ImagePipeline;

/**
 * A loaded pipeline of this executor.
 *
 * @param pipeline the pipeline, shared by the executor's tasks
 * @param device the device that it runs on
 * @param limit the number of rows that fit there
 * @param thread the thread that makes all of its batches
 * @param detectors the detectors on the same device
 */
public record LoadedPipeline(
    ImagePipeline pipeline,
    Device device,
    BatchLimit limit,
    PipelineThread thread,
    LoadedDetectors detectors) {

  /** Makes a pipeline that has not been used yet. */
  public LoadedPipeline(ImagePipeline pipeline, Device device) {
    this(
        pipeline,
        device,
        new BatchLimit(),
        new PipelineThread("pipeline-" + DeviceType.name(device)),
        new LoadedDetectors(device));
  }
}
