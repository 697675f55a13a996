package io.boxwright.diffusion.images;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
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
   * Decodes a picture, unless its header says that it is too large.
   *
   * @param mostPixels the largest width times height
   * @return the picture; empty if the bytes have no format that Java reads
   * @throws IOException if the picture is too large or broken; some breaks cause a {@link
   *     RuntimeException}
   */
  public static Optional<BufferedImage> decode(byte[] bytes, long mostPixels) throws IOException {
    ImageInputStream stream = open(bytes);
    Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
    if (!readers.hasNext()) {
      return Optional.empty();
    }
    ImageReader reader = readers.next();
    try {
      reader.setInput(stream);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if ((long) width * height > mostPixels) {
        throw new IOException(
            "it has %dx%d pixels, the limit is %d".formatted(width, height, mostPixels));
      }
      return Optional.of(reader.read(0));
    } finally {
      reader.dispose();
    }
  }

  /** Opens bytes for readers of pictures. The stream holds no file and need not be closed. */
  public static ImageInputStream open(byte[] bytes) {
    return new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
  }
}
