package io.boxwright.spark;

import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.detection.shapes.ShapesDetector;
import java.util.Optional;

/** What looks for the objects in finished images. */
public enum DetectorType {
  /** Nothing does. */
  NONE {
    @Override
    Optional<ObjectDetector> newDetector() {
      return Optional.empty();
    }
  },
  /** A {@link ShapesDetector}, for images of the pipeline in {@code datasets/shapes}. */
  SHAPES {
    @Override
    Optional<ObjectDetector> newDetector() {
      return Optional.of(new ShapesDetector());
    }
  };

  /** Makes the detector of a task. */
  abstract Optional<ObjectDetector> newDetector();
}
