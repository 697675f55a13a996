package io.boxwright.udf;

import io.boxwright.diffusion.images.PictureDecoder;
import io.boxwright.text.Count;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Iterator;
import java.util.Objects;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** A decoder of pictures that are PNG, JPEG or another format that Java reads. */
final class ImageDecoder {

  /** 8192 x 8192, which takes 256 MB while a picture is decoded and copied. */
  private static final long MOST_PIXELS = 67_108_864;

  private ImageDecoder() {}

  /** A part of a picture, such as its header. */
  private interface Part<T> {

    T read(ImageReader reader) throws IOException;
  }

  /**
   * Decodes a picture, unless its header says that it is too large for an executor's memory.
   *
   * @throws IllegalArgumentException naming the problem of the picture
   */
  static BufferedImage decode(byte[] bytes) {
    return read(
        bytes,
        reader -> {
          requireSize(readSize(reader));
          return reader.read(0);
        });
  }

  /**
   * Reads the width and height in pixels from the header of a picture, which may be of any size.
   *
   * @throws IllegalArgumentException naming the problem of the picture
   */
  static Dimension size(byte[] bytes) {
    return read(bytes, ImageDecoder::readSize);
  }

  private static <T> T read(byte[] bytes, Part<T> part) {
    String problem = "it has no format that Java reads";
    try {
      ImageInputStream stream = PictureDecoder.open(bytes);
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (readers.hasNext()) {
        return read(readers.next(), stream, part);
      }
    } catch (IOException | RuntimeException e) { // the latter for broken streams
      problem = Objects.requireNonNullElse(e.getMessage(), "it is broken (%s)".formatted(e));
    }
    throw new IllegalArgumentException(
        "Invalid image_bytes: cannot read a picture from %s: %s"
            .formatted(Count.of(bytes.length, "byte"), problem));
  }

  private static <T> T read(ImageReader reader, ImageInputStream stream, Part<T> part)
      throws IOException {
    try {
      reader.setInput(stream);
      return part.read(reader);
    } finally {
      reader.dispose();
    }
  }

  private static Dimension readSize(ImageReader reader) throws IOException {
    return new Dimension(reader.getWidth(0), reader.getHeight(0));
  }

  private static void requireSize(Dimension size) throws IOException {
    if ((long) size.width * size.height > MOST_PIXELS) {
      throw new IOException(
          "it has %dx%d pixels, the limit is %d million"
              .formatted(size.width, size.height, MOST_PIXELS / 1_000_000));
    }
  }
}
