package io.boxwright.diffusion.detection;

import java.awt.image.BufferedImage;
import java.util.List;

/**
 * Finds objects in images by their labels, as open-vocabulary detectors such as OWL-ViT and
 * Grounding DINO do. May be shared by threads. Who has one made by a {@link DetectorFactory} closes
 * it.
 */
public interface ObjectDetector extends AutoCloseable {

  /**
   * Looks for objects.
   *
   * @param image RGB, 8 bits a channel, of any size
   * @param labels what to look for, such as {@code a red circle}
   * @return what was found, in any order; none, one or several for each label
   * @throws IllegalArgumentException naming a label that this detector cannot look for
   */
  List<Detection> detect(BufferedImage image, List<String> labels);

  /** Frees what it holds, such as the weights of a model: nothing, unless it says otherwise. */
  @Override
  default void close() {}
}
