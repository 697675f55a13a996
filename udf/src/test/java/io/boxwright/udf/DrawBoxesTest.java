package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.images.DrawBox;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.testing.Images;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.apache.spark.sql.AnalysisException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DrawBoxesTest extends SqlSession {

  private static final BufferedImage PICTURE = makePicture();
  private static final String PNG = toLiteral(PngEncoder.encode(PICTURE));

  private static BufferedImage makePicture() {
    BufferedImage picture = new BufferedImage(100, 80, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.BLUE);
    graphics.fillRect(0, 0, 100, 80);
    graphics.dispose();
    return picture;
  }

  /** The bytes that a call gives. */
  private static byte[] drawBytes(String arguments) {
    return select("SELECT boxwright.draw_boxes(%s)".formatted(arguments));
  }

  /** The picture that a call gives for the blue one. */
  private static BufferedImage drawOnPicture(String boxes, String labels) {
    return decode(drawBytes("%s, %s, %s".formatted(PNG, boxes, labels)));
  }

  private static BufferedImage decode(byte[] png) {
    assertThat(png).startsWith(0x89, 'P', 'N', 'G');
    try {
      return ImageIO.read(new ByteArrayInputStream(png));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertSame(BufferedImage actual, DrawBox expected) {
    assertThat(Images.largestDifference(actual, expected.image())).isZero();
  }

  @Test
  void drawsLabelledBoxes() {
    assertSame(
        drawOnPicture(
            "array(array(0.1D, 0.3D, 0.4D, 0.9D), array(0.5D, 0.3D, 0.9D, 0.9D))",
            "array('cat', 'dog')"),
        new DrawBox(PICTURE)
            .outline(0, 0.1, 0.3, 0.4, 0.9)
            .outline(1, 0.5, 0.3, 0.9, 0.9)
            .label(0, "cat", 0.1, 0.3)
            .label(1, "dog", 0.5, 0.3));
  }

  @Test
  void equalLabelsShareAColourAndBoxesWithoutOneDoNot() {
    String boxes =
        "array(array(0, 0, .2, 1), array(.2, 0, .4, 1), array(.4, 0, .6, 1), array(.6, 0, .8, 1))";

    assertSame(
        drawOnPicture(boxes, "array('', 'cat', NULL, 'cat')"),
        new DrawBox(PICTURE)
            .outline(0, 0, 0, 0.2, 1)
            .outline(1, 0.2, 0, 0.4, 1)
            .outline(2, 0.4, 0, 0.6, 1)
            .outline(1, 0.6, 0, 0.8, 1)
            .label(1, "cat", 0.2, 0)
            .label(1, "cat", 0.6, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NULL", "array()", "array(NULL, NULL)", "CAST(NULL AS ARRAY<STRING>)"})
  void labelsAreOptional(String labels) {
    assertSame(
        drawOnPicture("array(array(0.1, 0.2, 0.5, 0.9), array(0.2, 0.5, 0.8, 1))", labels),
        new DrawBox(PICTURE).outline(0, 0.1, 0.2, 0.5, 0.9).outline(1, 0.2, 0.5, 0.8, 1));
  }

  @Test
  void labelsMayBeLeftOut() {
    assertSame(
        decode(drawBytes(PNG + ", array(array(0.1, 0.2, 0.5, 0.9))")),
        new DrawBox(PICTURE).outline(0, 0.1, 0.2, 0.5, 0.9));
    assertThat(drawBytes("NULL, array(array(0, 0, 1, 1))")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "array(array(0.25, 0.5, 0.75, 1))", // decimals
        "array(array(0.25D, 0.5D, 0.75D, 1D))",
        "array(array(0.25F, 0.5F, 0.75F, 1F))",
        "array(array(0.25, 0.5D, 0.75F, 1))",
        "CAST(array(array(0.25, 0.5, 0.75, 1)) AS ARRAY<ARRAY<FLOAT>>)",
        "array(array(0.25, 0.50001, 0.75, 1.0001))" // rounding errors
      })
  void edgesMayBeNumbersOfAnyType(String boxes) {
    assertSame(drawOnPicture(boxes, "NULL"), new DrawBox(PICTURE).outline(0, 0.25, 0.5, 0.75, 1));
  }

  @Test
  void edgesMayBeWholeNumbers() {
    assertSame(
        drawOnPicture("array(array(0, 0, 1, 1))", "NULL"),
        new DrawBox(PICTURE).outline(0, 0, 0, 1, 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NULL", "array()"})
  void withoutBoxesThePictureStaysAsItIs(String boxes) {
    assertSame(drawOnPicture(boxes, "NULL"), new DrawBox(PICTURE));
  }

  @Test
  void noPictureGivesNull() {
    assertThat(drawBytes("NULL, array(array(0, 0, 1, 1)), array('cat')")).isNull();
  }

  @Test
  void readsOtherFormats() throws Exception {
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    ImageIO.write(PICTURE, "jpeg", jpeg);

    BufferedImage drawn = decode(drawBytes(toLiteral(jpeg.toByteArray()) + ", array(), NULL"));

    assertThat(Images.largestDifference(drawn, PICTURE)).isLessThan(5);
  }

  @Test
  void readsColumnsInTasks() {
    spark.sql(
        "CREATE OR REPLACE TEMP VIEW images AS SELECT IF(id = 7, NULL, %s) png,".formatted(PNG)
            + " array(array(id / 40, 0D, 1D, 1D)) boxes, array(string(id)) labels"
            + " FROM range(0, 20, 1, 4)");

    assertThat(
            spark
                .sql(
                    "SELECT count(drawn), count(DISTINCT drawn) FROM"
                        + " (SELECT boxwright.draw_boxes(png, boxes, labels) drawn FROM images)")
                .first()
                .mkString(","))
        .isEqualTo("19,19");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "array(array(0, 0, 1))       | NULL | Invalid boxes[0]: 3 numbers, but a box has 4: x_min,"
            + " y_min, x_max, y_max",
        "array(array(0, 0, 1, NULL)) | NULL | Invalid boxes[0]: it is null or has a null",
        "array(NULL)                 | NULL | Invalid boxes[0]: it is null or has a null",
        "array(array(0, 0, 1, 1), array(0, 0, 50, 1)) | NULL | Invalid boxes[1]: Invalid box: x_max"
            + " is 50.0, but boxes are relative to the image, 0..1",
        "array(array(0, 0, 1, 1)) | array('a', 'b') | Invalid labels: 1 box, but 2 labels",
        "array(array(0, 0, 1, 1)) | array(repeat('a', 1001)) | Invalid labels[0]: 1001 characters,"
            + " the limit is 1000",
        "array_repeat(array(0, 0, 1, 1), 501) | NULL | Invalid boxes: 501 boxes, the limit is 500"
      })
  void wrongValuesAreNamed(String boxes, String labels, String message) {
    assertThat(catchFailure(() -> drawOnPicture(boxes, labels)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void bytesThatAreNoPictureAreRefused() {
    assertThat(catchFailure(() -> drawBytes("X'00112233', array(), NULL")))
        .hasMessage(
            "Invalid image_bytes: cannot read a picture from 4 bytes: it has no format that Java reads");
    assertThat(catchFailure(() -> drawBytes("substring(%s, 1, 60), array(), NULL".formatted(PNG))))
        .hasMessageStartingWith("Invalid image_bytes: cannot read a picture from 60 bytes: ");
  }

  @Test
  void aPictureThatWouldFillTheMemoryIsRefusedByItsHeader() {
    String header = "89504E470D0A1A0A0000000D49484452"; // PNG, then the chunk IHDR
    String size = "00007530" + "00007530" + "0100000000"; // 30000 x 30000, 1 bit, grey
    CRC32 crc = new CRC32();
    crc.update(HexFormat.of().parseHex("49484452" + size));
    String bytes = "X'%s%s%08X'".formatted(header, size, crc.getValue());

    assertThat(catchFailure(() -> drawBytes(bytes + ", array(), NULL")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("it has 30000x30000 pixels, the limit is 67 million");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'file.png', array(array(0, 0, 1, 1)), NULL",
        "X'00', array(0, 0, 1, 1), NULL",
        "X'00', array(array('0', '0', '1', '1')), NULL",
        "X'00', array(array(0, 0, 1, 1)), 'cat'",
        "X'00'",
        "X'00', array(array(0, 0, 1, 1)), array('cat'), 1"
      })
  void wrongArgumentsAreRefusedWithWhatTheFunctionTakes(String arguments) {
    assertThatThrownBy(() -> drawBytes(arguments))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContainingAll(
            "draw_boxes",
            "it takes (image_bytes BINARY, boxes ARRAY<ARRAY<DOUBLE>>, labels ARRAY<STRING>)"
                + " or (image_bytes BINARY, boxes ARRAY<ARRAY<DOUBLE>>)");
  }
}
