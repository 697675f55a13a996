package io.boxwright.diffusion.detection;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * A detector that finds objects in images by their labels, like the open-vocabulary detectors
 * OWL-ViT and Grounding DINO. Threads may share it. The caller of {@link DetectorFactory#load}
 * closes it.
 */
public interface ObjectDetector extends AutoCloseable {

  /**
   * Looks for objects.
   *
   * @param image the image, RGB with 8 bits per channel, of any size
   * @param labels the labels to look for, such as {@code a red circle}
   * @return the detections in any order; none, one or several for each label
   * @throws IllegalArgumentException naming a label that this detector cannot look for
   */
  List<Detection> detect(BufferedImage image, List<String> labels);

  /** Frees what the detector holds, such as the weights of a model. By default it frees nothing. */
  @Override
  default void close() {}
}
