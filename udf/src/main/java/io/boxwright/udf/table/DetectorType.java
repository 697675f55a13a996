package io.boxwright.udf.table;

import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.detection.shapes.ShapesDetector;
import java.util.Optional;

/** What looks for the objects in finished images. */
public enum DetectorType {
  /** Nothing does. */
  NONE {
    @Override
    public Optional<ObjectDetector> newDetector() {
      return Optional.empty();
    }
  },
  /** A {@link ShapesDetector}, for images of the pipeline in {@code datasets/shapes}. */
  SHAPES {
    @Override
    public Optional<ObjectDetector> newDetector() {
      return Optional.of(new ShapesDetector());
    }
  };

  /** Makes the detector of a task. */
  public abstract Optional<ObjectDetector> newDetector();
}
