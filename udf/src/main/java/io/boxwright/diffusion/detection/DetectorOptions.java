package io.boxwright.diffusion.detection;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The options that a detector is loaded with. A detector without a model ignores all of them.
 *
 * @param modelFolder the folder of its model on this host; empty if none is given
 * @param device the device that its model runs on
 * @param dataType the type of its weights, {@code FLOAT32} or, on a GPU, {@code FLOAT16}
 * @param threshold the score that a detection must exceed, 0..1
 * @param labels how the labels of an image are looked for
 */
public record DetectorOptions(
    Optional<Path> modelFolder,
    Device device,
    DataType dataType,
    double threshold,
    LabelMode labels) {

  /** The threshold that papers and transformers use. */
  public static final double DEFAULT_THRESHOLD = 0.1;

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if the threshold is not in 0..1
   */
  public DetectorOptions {
    Objects.requireNonNull(modelFolder, "modelFolder");
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(dataType, "dataType");
    Objects.requireNonNull(labels, "labels");
    requireThreshold(threshold);
  }

  /** Makes the default options for a folder on the CPU, in float32. */
  public static DetectorOptions cpu(Path modelFolder) {
    return new DetectorOptions(
        Optional.of(modelFolder),
        Device.cpu(),
        DataType.FLOAT32,
        DEFAULT_THRESHOLD,
        LabelMode.ALONE);
  }

  /**
   * Checks a threshold.
   *
   * @throws IllegalArgumentException unless it is in 0..1
   */
  public static void requireThreshold(double threshold) {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "Invalid threshold of the detector: %s, it must be from 0 to 1".formatted(threshold));
    }
  }
}
