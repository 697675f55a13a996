package io.boxwright.diffusion.images;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** An encoder that turns images into PNG bytes, without loss. */
public final class PngEncoder {

  static {
    // Otherwise ImageIO spools every image through a temporary file.
    ImageIO.setUseCache(false);
  }

  private PngEncoder() {}

  /**
   * Encodes an image.
   *
   * @param image the image, of a type that PNG can hold, such as 8-bit RGB
   * @throws IllegalArgumentException if PNG cannot hold it
   */
  public static byte[] encode(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, "png", bytes)) {
        throw new IllegalArgumentException("Cannot encode as PNG: image type " + image.getType());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
