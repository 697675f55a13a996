package io.boxwright.diffusion.detection;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The options that a detector is loaded with.
 *
 * @param modelFolder the folder of its model on this host; empty if none is given
 * @param device the device that its model runs on
 */
public record DetectorOptions(Optional<Path> modelFolder, Device device) {

  /** Checks that there is a device. */
  public DetectorOptions {
    Objects.requireNonNull(device, "device");
  }
}
