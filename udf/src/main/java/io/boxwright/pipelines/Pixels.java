package io.boxwright.pipelines;

import ai.djl.ndarray.NDArray;
import java.awt.image.BufferedImage;

/** Pixel arrays to images. */
final class Pixels {

  private Pixels() {}

  /** (1, H, W, 3), UINT8 -> an RGB image. */
  static BufferedImage toImage(NDArray pixels) {
    int height = (int) pixels.getShape().get(1);
    int width = (int) pixels.getShape().get(2);
    byte[] bytes = pixels.toByteArray();
    int[] rgb = new int[height * width];
    for (int pixel = 0; pixel < rgb.length; pixel++) {
      int red = bytes[3 * pixel] & 0xff;
      int green = bytes[3 * pixel + 1] & 0xff;
      int blue = bytes[3 * pixel + 2] & 0xff;
      rgb[pixel] = red << 16 | green << 8 | blue;
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, rgb, 0, width);
    return image;
  }
}
