package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/**
 * The pixels of some images, fetched from the device.
 *
 * @param height the height of each image
 * @param width the width of each image
 * @param bytes the pixels, (K, height, width, 3), red first
 */
record Pixels(int height, int width, byte[] bytes) {

  /** Fetches pixels (K, H, W, 3), UINT8. */
  static Pixels fetch(NDArray pixels) {
    Shape shape = pixels.getShape();
    return new Pixels((int) shape.get(1), (int) shape.get(2), pixels.toByteArray());
  }

  /** Makes the RGB image at a place, from 0. */
  BufferedImage makeImage(int place) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] rgb = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    int offset = 3 * place * rgb.length;
    for (int pixel = 0; pixel < rgb.length; pixel++) {
      int red = bytes[offset + 3 * pixel] & 0xff;
      int green = bytes[offset + 3 * pixel + 1] & 0xff;
      int blue = bytes[offset + 3 * pixel + 2] & 0xff;
      rgb[pixel] = red << 16 | green << 8 | blue;
    }
    return image;
  }
}
