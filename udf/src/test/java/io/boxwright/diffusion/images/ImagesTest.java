package io.boxwright.diffusion.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.FontMetrics;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ImagesTest {

  private static BufferedImage black() {
    return new BufferedImage(100, 100, BufferedImage.TYPE_INT_RGB);
  }

  private static int pixel(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & 0xFFFFFF;
  }

  @Test
  void pngKeepsEveryPixel() throws Exception {
    BufferedImage image = black();
    for (int i = 0; i < 100; i++) {
      image.setRGB(i, 99 - i, i * 0x010203);
    }

    BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(PngEncoder.encode(image)));

    for (int i = 0; i < 100; i++) {
      assertThat(pixel(decoded, i, 99 - i)).isEqualTo(i * 0x010203);
    }
  }

  @Test
  void grayValuesStayAsTheyAre() {
    BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    gray.getRaster().setSample(1, 0, 0, 100);

    assertThat(RgbPixels.of(gray).bytes()).containsExactly(0, 0, 0, 100, 100, 100);
  }

  @Test
  void aPictureThatIsTooLargeIsNotDecoded() throws Exception {
    byte[] png = PngEncoder.encode(black());

    assertThat(PictureDecoder.decode(png, 10_000)).isPresent();
    assertThat(PictureDecoder.decode(new byte[] {1, 2, 3}, 10_000)).isEmpty();
    assertThatThrownBy(() -> PictureDecoder.decode(png, 9_999))
        .isInstanceOf(IOException.class)
        .hasMessage("it has 100x100 pixels, the limit is 9999");
  }

  @Test
  void boxesAreDrawnOnACopy() {
    BufferedImage image = black();

    BufferedImage boxed = new DrawBox(image).box("", 0.2, 0.3, 0.6, 0.9).image();

    assertThat(pixel(boxed, 20, 50)).isNotZero();
    assertThat(pixel(boxed, 60, 50)).isEqualTo(pixel(boxed, 20, 50));
    assertThat(pixel(boxed, 40, 30)).isEqualTo(pixel(boxed, 40, 90)).isNotZero();
    assertThat(pixel(boxed, 40, 60)).isZero();
    assertThat(pixel(image, 20, 50)).isZero();
  }

  @Test
  void aBoxToTheEdgeStaysVisible() {
    BufferedImage boxed = new DrawBox(black()).box("", 0, 0, 1, 1).image();

    assertThat(pixel(boxed, 99, 50)).isNotZero();
  }

  @Test
  void eachLabelHasItsColour() {
    BufferedImage boxed =
        new DrawBox(black())
            .box("a cat", 0, 0, 0.3, 1)
            .box("a dog", 0.4, 0, 0.6, 1)
            .box("a cat", 0.7, 0, 1, 1)
            .image();

    assertThat(pixel(boxed, 0, 95))
        .isEqualTo(pixel(boxed, 70, 95))
        .isNotEqualTo(pixel(boxed, 40, 95));
  }

  @Test
  void linesStandOutOnAnyColour() {
    for (int background : new int[] {0x000000, 0xFFFFFF, 0xFFD23F, 0x808080}) {
      BufferedImage image = black();
      for (int i = 0; i < 100 * 100; i++) {
        image.setRGB(i % 100, i / 100, background);
      }

      BufferedImage boxed = new DrawBox(image).outline(0, 0.2, 0.2, 0.8, 0.8).image();

      assertThat(IntStream.range(15, 25).map(x -> luma(pixel(boxed, x, 50))).summaryStatistics())
          .as("on %06x", background)
          .satisfies(line -> assertThat(line.getMax() - line.getMin()).isGreaterThan(120));
    }
  }

  private static int luma(int rgb) {
    return (299 * (rgb >> 16) + 587 * (rgb >> 8 & 0xFF) + 114 * (rgb & 0xFF)) / 1000;
  }

  @Test
  void aLabelStandsAboveItsBoxOrInsideWhereThereIsNoRoom() {
    BufferedImage low = new DrawBox(black()).box("cat", 0.1, 0.5, 0.9, 0.9).image();
    BufferedImage high = new DrawBox(black()).box("cat", 0.1, 0, 0.9, 0.9).image();

    assertThat(pixel(low, 14, 45)).isNotZero();
    assertThat(pixel(low, 60, 70)).isZero();
    assertThat(pixel(high, 14, 5)).isNotZero();
  }

  @Test
  void textIsBrokenBetweenWordsAndCutWithAnEllipsis() {
    FontMetrics metrics = black().createGraphics().getFontMetrics();
    int width = metrics.stringWidth("a cat and a");

    assertThat(TextFit.wrapped("a cat and a dog", metrics, width, 2))
        .containsExactly("a cat and a", "dog");
    assertThat(TextFit.wrapped("a cat and a dog and more of it", metrics, width, 2))
        .hasSize(2)
        .element(1)
        .asString()
        .endsWith("\u2026");
    assertThat(TextFit.shortened("a cat", metrics, width)).isEqualTo("a cat");
    assertThat(TextFit.shortened("unbreakable-and-long", metrics, width)).endsWith("\u2026");
    assertThat(TextFit.wrapped("", metrics, width, 2)).isEmpty();
  }
}
