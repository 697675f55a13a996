package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.detection.DetectorFactory;
import io.boxwright.diffusion.detection.DetectorOptions;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which detector a job wants on its executors.
 *
 * @param factory makes it
 * @param modelFolder the folder of its model, the same on every host; null if it is given none
 */
public record DetectorSpec(DetectorFactory factory, String modelFolder) implements Serializable {

  /** What it is loaded with on a device. */
  DetectorOptions options(Device device) {
    return new DetectorOptions(Optional.ofNullable(modelFolder).map(Path::of), device);
  }
}
