package io.boxwright.diffusion.images;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A decoder of pictures in memory. {@link ImageIO} itself copies a stream to a temporary file
 * first.
 */
public final class PictureDecoder {

  private PictureDecoder() {}

  /**
   * Decodes a picture.
   *
   * @param bytes PNG, JPEG or another format that Java reads
   * @return the picture; empty if the bytes have no such format
   * @throws IOException if the picture is broken; some breaks cause a {@link RuntimeException}
   */
  public static Optional<BufferedImage> decode(byte[] bytes) throws IOException {
    return Optional.ofNullable(ImageIO.read(open(bytes)));
  }

  /**
   * Decodes a picture that may come from anywhere, and turns it upright as its Exif orientation
   * says, like {@code load_image} of diffusers.
   *
   * @param mostPixels the largest width times height
   * @return the picture; empty if the bytes have no format that Java reads
   * @throws IOException if the picture is too large, cut off, broken, or has CMYK colours, which
   *     Java converts in another way than Pillow; some breaks cause a {@link RuntimeException}
   */
  public static Optional<BufferedImage> decode(byte[] bytes, long mostPixels) throws IOException {
    ImageInputStream stream = open(bytes);
    Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
    if (!readers.hasNext()) {
      return Optional.empty();
    }
    ImageReader reader = readers.next();
    List<String> warnings = new ArrayList<>();
    try {
      reader.setInput(stream);
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if ((long) width * height > mostPixels) {
        throw new IOException(
            "it has %dx%d pixels, the limit is %d".formatted(width, height, mostPixels));
      }
      BufferedImage picture = reader.read(0);
      requireWhole(warnings);
      if (picture.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
        throw new IOException("it has CMYK colours; save it as RGB");
      }
      return Optional.of(ExifOrientation.read(bytes).turnUpright(picture));
    } finally {
      reader.dispose();
    }
  }

  /** Refuses a JPEG that ends early. Java fills what is missing with gray, and only warns. */
  private static void requireWhole(List<String> warnings) throws IOException {
    if (warnings.stream().anyMatch(warning -> warning.startsWith("Truncated File"))) {
      throw new IOException("its file ends too early");
    }
  }

  /** Opens bytes for readers of pictures. The stream holds no file and need not be closed. */
  public static ImageInputStream open(byte[] bytes) {
    return new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
  }
}
