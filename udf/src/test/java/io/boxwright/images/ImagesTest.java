package io.boxwright.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
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
}
