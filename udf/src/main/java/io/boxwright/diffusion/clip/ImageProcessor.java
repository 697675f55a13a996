package io.boxwright.diffusion.clip;

import java.awt.image.BufferedImage;

/** A preparation of images for a vision model. Threads may share it. */
public interface ImageProcessor {

  /** Returns the height and width of the prepared images, in pixels. */
  int size();

  /**
   * Prepares an image.
   *
   * @param image RGB, 8 bits a channel, of any size
   * @return (3, size, size), normalised
   */
  float[] process(BufferedImage image);
}
