package io.boxwright.job.page;

import io.boxwright.diffusion.images.PictureDecoder;
import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A small copy of a picture.
 *
 * @param jpeg the bytes
 * @param width the width in pixels, 1 to {@value #LONGEST_SIDE}
 * @param height the height in pixels, 1 to {@value #LONGEST_SIDE}
 */
record Thumbnail(byte[] jpeg, int width, int height) {

  /** The longest side in pixels. */
  static final int LONGEST_SIDE = 192;

  private static final float QUALITY = 0.85f;

  /** Makes a copy. Smaller pictures keep their size. Nothing if the bytes are not a picture. */
  static Optional<Thumbnail> of(byte[] png) {
    try {
      return PictureDecoder.decode(png).map(Thumbnail::of);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Thumbnail of(BufferedImage picture) {
    double scale =
        Math.min(1, (double) LONGEST_SIDE / Math.max(picture.getWidth(), picture.getHeight()));
    int width = (int) Math.max(1, Math.round(picture.getWidth() * scale));
    int height = (int) Math.max(1, Math.round(picture.getHeight() * scale));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    Image scaled = picture.getScaledInstance(width, height, Image.SCALE_AREA_AVERAGING);
    graphics.drawImage(scaled, 0, 0, null);
    graphics.dispose();
    return new Thumbnail(encode(small), width, height);
  }

  private static byte[] encode(BufferedImage picture) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture, null, null), settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
