package io.boxwright.diffusion.images;

import java.awt.image.BufferedImage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The orientation of a stored JPEG, from its Exif data. Cameras store pictures as the sensor sees
 * them. Follows {@code ImageOps.exif_transpose} of Pillow.
 *
 * @param tag 1 to 8, as in the Exif standard; 1 for a picture that is upright
 */
record ExifOrientation(int tag) {

  private static final int START_OF_IMAGE = 0xffd8;
  private static final int APP1 = 0xffe1;
  private static final int START_OF_SCAN = 0xffda;
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  private static final int LITTLE_ENDIAN = 0x4949;
  private static final int ORIENTATION = 0x0112;
  private static final int ENTRY_BYTES = 12;
  private static final int UPRIGHT = 1;
  private static final int MOST = 8;

  /** Reads the orientation. Bytes without one that can be read are an upright picture. */
  static ExifOrientation read(byte[] bytes) {
    try {
      int tag = find(ByteBuffer.wrap(bytes));
      return new ExifOrientation(tag >= UPRIGHT && tag <= MOST ? tag : UPRIGHT);
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return new ExifOrientation(UPRIGHT); // broken Exif data break no picture
    }
  }

  /** Goes through the segments of a JPEG up to the first with Exif data. */
  private static int find(ByteBuffer jpeg) {
    if (jpeg.remaining() < 2 || readUnsigned(jpeg) != START_OF_IMAGE) {
      return UPRIGHT;
    }
    while (true) {
      int marker = readUnsigned(jpeg);
      int length = readUnsigned(jpeg) - 2; // the length counts itself
      if (marker == START_OF_SCAN) {
        return UPRIGHT;
      }
      ByteBuffer segment = jpeg.slice(jpeg.position(), length);
      if (marker == APP1 && startsWithExif(segment)) {
        return findInTiff(segment.slice());
      }
      jpeg.position(jpeg.position() + length);
    }
  }

  private static boolean startsWithExif(ByteBuffer segment) {
    for (byte expected : EXIF) {
      if (!segment.hasRemaining() || segment.get() != expected) {
        return false;
      }
    }
    return true;
  }

  /** Looks the orientation up in the first directory of TIFF data. */
  private static int findInTiff(ByteBuffer tiff) {
    if (readUnsigned(tiff) == LITTLE_ENDIAN) {
      tiff.order(ByteOrder.LITTLE_ENDIAN);
    }
    int directory = tiff.getInt(Integer.BYTES);
    int entries = Short.toUnsignedInt(tiff.getShort(directory));
    for (int i = 0; i < entries; i++) {
      int entry = directory + Short.BYTES + i * ENTRY_BYTES;
      if (Short.toUnsignedInt(tiff.getShort(entry)) == ORIENTATION) {
        return tiff.getShort(entry + 2 * Integer.BYTES);
      }
    }
    return UPRIGHT;
  }

  private static int readUnsigned(ByteBuffer buffer) {
    return Short.toUnsignedInt(buffer.getShort());
  }

  /** Returns the picture as people see it; the same picture if it is upright. */
  BufferedImage turnUpright(BufferedImage stored) {
    if (tag == UPRIGHT) {
      return stored;
    }
    int width = stored.getWidth();
    int height = stored.getHeight();
    boolean sideways = tag > 4; // rows become columns
    BufferedImage upright =
        new BufferedImage(
            sideways ? height : width, sideways ? width : height, BufferedImage.TYPE_INT_RGB);
    RgbPixels pixels = RgbPixels.of(stored);
    for (int y = 0; y < upright.getHeight(); y++) {
      for (int x = 0; x < upright.getWidth(); x++) {
        int fromX = sideways ? y : x;
        int fromY = sideways ? x : y;
        boolean mirroredX = tag == 2 || tag == 3 || tag == 7 || tag == 8;
        boolean mirroredY = tag == 3 || tag == 4 || tag == 6 || tag == 7;
        fromX = mirroredX ? width - 1 - fromX : fromX;
        fromY = mirroredY ? height - 1 - fromY : fromY;
        upright.setRGB(x, y, packRgb(pixels, fromX, fromY));
      }
    }
    return upright;
  }

  private static int packRgb(RgbPixels pixels, int x, int y) {
    return pixels.value(x, y, 0) << 16 | pixels.value(x, y, 1) << 8 | pixels.value(x, y, 2);
  }
}
