package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.detection.DetectorFactory;
import io.boxwright.diffusion.detection.DetectorOptions;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The detector that a job wants on its executors.
 *
 * @param factory the factory that makes it
 * @param modelFolder the folder of its model, the same on every host; null if it gets none
 */
public record DetectorSpec(DetectorFactory factory, String modelFolder) implements Serializable {

  /** Returns the options for loading it on a device. */
  DetectorOptions options(Device device) {
    return new DetectorOptions(Optional.ofNullable(modelFolder).map(Path::of), device);
  }
}
