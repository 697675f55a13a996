package io.boxwright.diffusion.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureDecoderTest {

  private static final int WIDTH = 32;
  private static final int HEIGHT = 16;
  private static final int WHITE = 0xffffff;

  /** Makes a JPEG that is white in its upper left quarter and black elsewhere. */
  private static byte[] jpeg() throws IOException {
    BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < HEIGHT / 2; y++) {
      for (int x = 0; x < WIDTH / 2; x++) {
        picture.setRGB(x, y, WHITE);
      }
    }
    return write(picture, "jpg");
  }

  private static byte[] write(BufferedImage picture, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, format, bytes);
    return bytes.toByteArray();
  }

  /** Puts a segment with Exif data behind the start of a JPEG. */
  private static byte[] withOrientation(byte[] jpeg, int orientation, ByteOrder order) {
    ByteBuffer tiff = ByteBuffer.allocate(26).order(order);
    tiff.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes());
    tiff.putShort((short) 42).putInt(8).putShort((short) 1);
    tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
    ByteBuffer all = ByteBuffer.allocate(jpeg.length + 10 + tiff.capacity());
    all.put(jpeg, 0, 2).putShort((short) 0xffe1).putShort((short) (8 + tiff.capacity()));
    all.put("Exif\0\0".getBytes()).put(tiff.array()).put(jpeg, 2, jpeg.length - 2);
    return all.array();
  }

  private static BufferedImage decode(byte[] bytes) throws IOException {
    return PictureDecoder.decode(bytes, 1 << 20).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "0, left, top", "1, left, top", "2, right, top", "3, right, bottom", "4, left, bottom",
    "5, left, top", "6, right, top", "7, right, bottom", "8, left, bottom", "9, left, top",
  })
  void aPictureIsTurnedAsItsExifOrientationSays(int orientation, String side, String edge)
      throws Exception {
    boolean sideways = orientation >= 5 && orientation <= 8;
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      BufferedImage upright = decode(withOrientation(jpeg(), orientation, order));

      assertThat(upright.getWidth()).isEqualTo(sideways ? HEIGHT : WIDTH);
      assertThat(upright.getHeight()).isEqualTo(sideways ? WIDTH : HEIGHT);
      int x = side.equals("left") ? 2 : upright.getWidth() - 3;
      int y = edge.equals("top") ? 2 : upright.getHeight() - 3;
      assertThat(RgbPixels.of(upright).value(x, y, 0)).isGreaterThan(200);
      assertThat(RgbPixels.of(upright).value(upright.getWidth() - 1 - x, y, 0)).isLessThan(50);
      assertThat(RgbPixels.of(upright).value(x, upright.getHeight() - 1 - y, 0)).isLessThan(50);
    }
  }

  @Test
  void brokenExifDataBreakNoPicture() throws Exception {
    byte[] picture = withOrientation(jpeg(), 6, ByteOrder.BIG_ENDIAN);
    picture[16] = 0x7f; // the place of the directory

    assertThat(decode(picture).getWidth()).isEqualTo(WIDTH);
  }

  @Test
  void aPictureThatIsCutOffIsRefused() throws Exception {
    byte[] picture = jpeg();
    byte[] cut = Arrays.copyOf(picture, picture.length - 4);

    assertThatThrownBy(() -> decode(cut)).hasMessage("its file ends too early");
  }

  @Test
  void cmykIsRefused() throws Exception {
    Raster cmyk = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, WIDTH, HEIGHT, 4, null);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(new IIOImage(cmyk, null, null));
    }
    writer.dispose();

    assertThatThrownBy(() -> decode(bytes.toByteArray()))
        .hasMessage("it has CMYK colours; save it as RGB");
  }

  @Test
  void ofGrayValuesOf16BitsTheUpperEightAreRead() throws Exception {
    BufferedImage gray = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    gray.getRaster().setSample(0, 0, 0, 0x64ff);

    assertThat(RgbPixels.of(decode(write(gray, "png"))).value(0, 0, 1)).isEqualTo(0x64);
  }
}
