package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.pipelines.ImagePipeline;

/**
 * A loaded pipeline of this executor, with its device, thread, batch limit and detectors. Tasks
 * share it; {@link SharedPipeline} ends the thread and closes the pipeline and detectors.
 */
public final class LoadedPipeline {

  private final ImagePipeline pipeline;
  private final Device device;
  private final BatchLimit limit = new BatchLimit();
  private final PipelineThread thread;
  private final LoadedDetectors detectors;

  /**
   * Creates a pipeline that no batch has used yet.
   *
   * @param pipeline the pipeline that makes the images
   * @param device the device that it runs on
   */
  public LoadedPipeline(ImagePipeline pipeline, Device device) {
    this.pipeline = pipeline;
    this.device = device;
    this.thread = new PipelineThread("pipeline-" + DeviceType.name(device));
    this.detectors = new LoadedDetectors(device);
  }

  /** Returns the pipeline that makes the images. */
  public ImagePipeline pipeline() {
    return pipeline;
  }

  /** Returns the device that the pipeline runs on. */
  public Device device() {
    return device;
  }

  /** Returns the limit of the rows that fit into the device's memory. */
  public BatchLimit limit() {
    return limit;
  }

  /** Returns the thread that makes all of the pipeline's batches. */
  public PipelineThread thread() {
    return thread;
  }

  /** Returns the detectors on the same device. */
  public LoadedDetectors detectors() {
    return detectors;
  }
}
