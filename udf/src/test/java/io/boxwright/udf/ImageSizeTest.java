package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.images.PngEncoder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ImageSizeTest extends SqlSession {

  private static final BufferedImage PICTURE =
      new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB);
  private static final String PNG = toLiteral(PngEncoder.encode(PICTURE));

  /** The size that a call gives, as JSON. */
  private static String measure(String bytes) {
    return select("SELECT to_json(boxwright.image_size(%s))".formatted(bytes));
  }

  @Test
  void givesWidthAndHeight() throws Exception {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(PICTURE, "jpeg", jpeg);

    assertThat(measure(PNG)).isEqualTo("{\"width\":30,\"height\":20}");
    assertThat(measure(toLiteral(jpeg.toByteArray()))).isEqualTo("{\"width\":30,\"height\":20}");
  }

  @Test
  void readsTheHeaderAlone() {
    assertThat(measure("substring(%s, 1, 40)".formatted(PNG)))
        .isEqualTo("{\"width\":30,\"height\":20}");
  }

  @Test
  void fieldsCanBeSelected() {
    assertThat(
            ImageSizeTest.<Long>select(
                "SELECT sum(boxwright.image_size(IF(id = 1, NULL, %s)).height) FROM range(3)"
                    .formatted(PNG)))
        .isEqualTo(40);
  }

  @Test
  void noPictureGivesNull() {
    assertThat(measure("NULL")).isNull();
  }

  /** Java's reader of TIFF fails without a message for an image of 8x8 in a tile of 40000x40000. */
  @Test
  void aPictureThatJavaFailsAtWithoutAMessageIsBroken() {
    int[][] values = {
      {256, 8},
      {257, 8},
      {258, 8},
      {259, 1},
      {262, 1},
      {322, 40000},
      {323, 40000},
      {324, 8},
      {325, 1}
    };
    ByteBuffer tiff = ByteBuffer.allocate(122).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put(new byte[] {'I', 'I', 42, 0}).putInt(8).putShort((short) values.length);
    for (int[] tag : values) {
      tiff.putShort((short) tag[0]).putShort((short) 4).putInt(1).putInt(tag[1]);
    }

    assertThat(
            catchFailure(
                () ->
                    select(
                        "SELECT boxwright.draw_boxes(%s, NULL)"
                            .formatted(toLiteral(tiff.array())))))
        .hasMessageStartingWith("Invalid image_bytes: cannot read a picture from 122 bytes: it is")
        .hasMessageNotContaining(" null");
  }

  @Test
  void bytesThatAreNoPictureAreRefused() {
    assertThat(catchFailure(() -> measure("X'00112233'")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Invalid image_bytes: cannot read a picture from 4 bytes: it has no format that Java reads");
  }
}
