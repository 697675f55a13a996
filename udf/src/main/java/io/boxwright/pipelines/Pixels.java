package io.boxwright.pipelines;

import ai.djl.ndarray.NDArray;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;

/** Pixel arrays to images. */
final class Pixels {

  private Pixels() {}

  /** (K, H, W, 3), UINT8 -> K RGB images. */
  static List<BufferedImage> toImages(NDArray pixels) {
    int height = (int) pixels.getShape().get(1);
    int width = (int) pixels.getShape().get(2);
    byte[] bytes = pixels.toByteArray();
    return IntStream.range(0, (int) pixels.getShape().get(0))
        .mapToObj(i -> image(bytes, 3 * i * height * width, width, height))
        .toList();
  }

  private static BufferedImage image(byte[] bytes, int offset, int width, int height) {
    int[] rgb = new int[height * width];
    for (int pixel = 0; pixel < rgb.length; pixel++) {
      int red = bytes[offset + 3 * pixel] & 0xff;
      int green = bytes[offset + 3 * pixel + 1] & 0xff;
      int blue = bytes[offset + 3 * pixel + 2] & 0xff;
      rgb[pixel] = red << 16 | green << 8 | blue;
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, rgb, 0, width);
    return image;
  }
}
