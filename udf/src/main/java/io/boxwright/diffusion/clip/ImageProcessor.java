package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.awt.image.BufferedImage;
import java.util.List;

/** A preparation of images for a vision model. Threads may share it. */
public interface ImageProcessor {

  /** Returns the height and width of the prepared images, in pixels. */
  int size();

  /**
   * Prepares images on all cores and on the manager's device. The result of an image does not
   * depend on the others.
   *
   * @param images RGB, 8 bits a channel, of any sizes, at least one
   * @param manager the owner of the result
   * @return (N, 3, size, size), float32, normalised
   */
  NDArray process(List<BufferedImage> images, NDManager manager);
}
