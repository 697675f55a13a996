package io.boxwright.diffusion.images;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;
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

  /** Opens bytes for readers of pictures. The stream holds no file and need not be closed. */
  public static ImageInputStream open(byte[] bytes) {
    return new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
  }
}
