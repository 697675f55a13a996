package io.boxwright.diffusion.detection;

import java.io.Serializable;

/**
 * Makes detectors of one kind. A value that executors receive; they keep a detector for each class
 * of factory.
 */
public interface DetectorFactory extends Serializable {

  /** The name of the kind, as options and plans have it, in small letters. */
  String name();

  /**
   * Loads a detector.
   *
   * @param options where its model is and runs; one without a model reads neither
   * @return a detector that the caller closes
   * @throws IllegalArgumentException if it needs a model folder and none is given
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is wrong with the
   *     folder
   */
  ObjectDetector load(DetectorOptions options);
}
