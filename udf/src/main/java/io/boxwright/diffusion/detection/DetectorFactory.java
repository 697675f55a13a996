package io.boxwright.diffusion.detection;

import java.io.Serializable;
import java.nio.file.Path;

/**
 * A factory of detectors of one kind. Executors receive it as a value and keep one detector for
 * each class of factory and its options.
 */
public interface DetectorFactory extends Serializable {

  /** Returns the name of the kind in lower case, as options and plans have it. */
  String name();

  /**
   * Checks a model's folder without loading its weights: for a driver, before any task. By default
   * it checks nothing.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is wrong with the
   *     folder
   */
  default void check(Path modelFolder) {}

  /**
   * Loads a detector.
   *
   * @param options the folder and the device of its model; a detector without a model ignores them
   * @return a detector that the caller closes
   * @throws IllegalArgumentException if the detector needs a model folder and none is given
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is wrong with the
   *     folder
   */
  ObjectDetector load(DetectorOptions options);
}
