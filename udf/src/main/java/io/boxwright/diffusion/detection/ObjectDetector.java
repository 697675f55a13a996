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
   * Looks for objects in several images. What is found in one does not depend on the others.
   *
   * @param images the images, RGB with 8 bits per channel, each of any size
   * @param labels the labels to look for in each image, such as {@code a red circle}
   * @return the detections in each image in any order; none, one or several for each label
   * @throws IllegalArgumentException naming a label that this detector cannot look for, before any
   *     image is looked at; or if there are not as many lists of labels as images
   */
  List<List<Detection>> detect(List<BufferedImage> images, List<List<String>> labels);

  /**
   * Looks for objects in one image, as {@link #detect(List, List)}.
   *
   * @return the detections in any order
   */
  default List<Detection> detect(BufferedImage image, List<String> labels) {
    return detect(List.of(image), List.of(labels)).get(0);
  }

  /**
   * Checks that each image has its labels.
   *
   * @throws IllegalArgumentException if there are not as many lists of labels as images
   */
  static void requireSameSize(List<BufferedImage> images, List<List<String>> labels) {
    if (images.size() != labels.size()) {
      throw new IllegalArgumentException(
          "%d images, but labels of %d".formatted(images.size(), labels.size()));
    }
  }

  /** Frees what the detector holds, such as the weights of a model. By default it frees nothing. */
  @Override
  default void close() {}
}
