package io.boxwright.diffusion.detection;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What a detector is loaded with.
 *
 * @param modelFolder the folder of its model on this host; empty if none is given
 * @param device where its model runs
 */
public record DetectorOptions(Optional<Path> modelFolder, Device device) {

  /** Checks that there is a device. */
  public DetectorOptions {
    Objects.requireNonNull(device, "device");
  }
}
