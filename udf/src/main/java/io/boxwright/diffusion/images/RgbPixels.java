package io.boxwright.diffusion.images;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;

/**
 * The pixels of an image, 8 bits a channel.
 *
 * @param width pixels in a row, at least 1
 * @param height rows, at least 1
 * @param bytes (height, width, 3), red first; not copied
 */
public record RgbPixels(int width, int height, byte[] bytes) {

  /** The number of channels. */
  public static final int CHANNELS = 3;

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if the bytes are not as many as the sizes say
   */
  public RgbPixels {
    if (width < 1 || height < 1 || bytes.length != (long) width * height * CHANNELS) {
      throw new IllegalArgumentException(
          "%d bytes are not the pixels of a %dx%d image".formatted(bytes.length, width, height));
    }
  }

  /**
   * Reads the pixels of an image of any type; transparency is ignored. Gray values stay as they
   * are, as in Pillow; Java would take them as linear and make them brighter. Of gray values of 16
   * bits, the upper 8 are read, as of colours; Pillow would make most of them white.
   */
  public static RgbPixels of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    if (isGray(image)) {
      int[] samples = image.getRaster().getSamples(0, 0, width, height, 0, (int[]) null);
      return ofGray(samples, image.getColorModel().getComponentSize(0) - Byte.SIZE, width);
    }
    int[] rgb = image.getRGB(0, 0, width, height, null, 0, width);
    byte[] bytes = new byte[CHANNELS * rgb.length];
    for (int pixel = 0; pixel < rgb.length; pixel++) {
      bytes[CHANNELS * pixel] = (byte) (rgb[pixel] >> 16);
      bytes[CHANNELS * pixel + 1] = (byte) (rgb[pixel] >> 8);
      bytes[CHANNELS * pixel + 2] = (byte) rgb[pixel];
    }
    return new RgbPixels(width, height, bytes);
  }

  private static boolean isGray(BufferedImage image) {
    ColorModel model = image.getColorModel();
    return model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
        && (model.getComponentSize(0) == Byte.SIZE || model.getComponentSize(0) == Short.SIZE);
  }

  private static RgbPixels ofGray(int[] samples, int lowerBits, int width) {
    byte[] bytes = new byte[CHANNELS * samples.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (samples[i / CHANNELS] >> lowerBits);
    }
    return new RgbPixels(width, samples.length / width, bytes);
  }

  /** Returns the value of a channel of a pixel, 0..255. */
  public int value(int x, int y, int channel) {
    return bytes[(y * width + x) * CHANNELS + channel] & 0xff;
  }

  /**
   * Returns a part of the image.
   *
   * @throws IndexOutOfBoundsException if it does not lie inside
   */
  public RgbPixels crop(int left, int top, int cropWidth, int cropHeight) {
    byte[] cropped = new byte[cropWidth * cropHeight * CHANNELS];
    for (int row = 0; row < cropHeight; row++) {
      int from = ((top + row) * width + left) * CHANNELS;
      System.arraycopy(bytes, from, cropped, row * cropWidth * CHANNELS, cropWidth * CHANNELS);
    }
    return new RgbPixels(cropWidth, cropHeight, cropped);
  }
}
