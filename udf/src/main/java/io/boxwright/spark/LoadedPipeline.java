package io.boxwright.spark;

import ai.djl.Device;
import io.boxwright.pipelines.ImagePipeline;

/**
 * A pipeline of this executor.
 *
 * @param pipeline shared by the executor's tasks
 * @param device where it runs
 */
record LoadedPipeline(ImagePipeline pipeline, Device device) {}
