package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.detection.DetectorFactory;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.LabelMode;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The detector that a job wants on its executors: a value that can be sent to them.
 *
 * @param factory the factory that makes it
 * @param modelFolder the folder of its model, the same on every host; null if it has none
 * @param threshold the score that a detection must exceed, 0..1; a detector without a model ignores
 *     it
 * @param labels how the labels of an image are looked for; a detector without a model ignores it
 */
public record DetectorSpec(
    DetectorFactory factory, String modelFolder, double threshold, LabelMode labels)
    implements Serializable {

  /**
   * Checks the threshold.
   *
   * @throws IllegalArgumentException if it is not in 0..1
   */
  public DetectorSpec {
    DetectorOptions.requireThreshold(threshold);
  }

  /** Makes a detector without a model. */
  public static DetectorSpec of(DetectorFactory factory) {
    return new DetectorSpec(factory, null, DetectorOptions.DEFAULT_THRESHOLD, LabelMode.ALONE);
  }

  /** Makes a detector with a model, the default threshold and each label alone. */
  public static DetectorSpec of(DetectorFactory factory, Path modelFolder) {
    return new DetectorSpec(
        factory, modelFolder.toString(), DetectorOptions.DEFAULT_THRESHOLD, LabelMode.ALONE);
  }

  /** Returns this detector with another threshold, 0..1. */
  public DetectorSpec withThreshold(double value) {
    return new DetectorSpec(factory, modelFolder, value, labels);
  }

  /** Returns this detector with another way to look for labels. */
  public DetectorSpec withLabels(LabelMode value) {
    return new DetectorSpec(factory, modelFolder, threshold, value);
  }

  /**
   * Checks the model's folder without loading its weights.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is wrong with it
   */
  public void check() {
    if (modelFolder != null) {
      factory.check(Path.of(modelFolder));
    }
  }

  /** Returns the options for loading it on a device: float16 on a GPU, float32 on the CPU. */
  public DetectorOptions options(Device device) {
    return new DetectorOptions(
        Optional.ofNullable(modelFolder).map(Path::of),
        device,
        WeightType.AUTO.on(device),
        threshold,
        labels);
  }
}
