package io.boxwright.spark;

import ai.djl.Device;
import io.boxwright.pipelines.ImagePipeline;

/**
 * A pipeline of this executor.
 *
 * @param pipeline shared by the executor's tasks
 * @param device where it runs
 * @param limit how many rows fit there
 */
record LoadedPipeline(ImagePipeline pipeline, Device device, BatchLimit limit) {}
