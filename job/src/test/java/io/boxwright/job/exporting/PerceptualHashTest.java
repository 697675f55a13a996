package io.boxwright.job.exporting;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

/** Hashes of images that look alike. */
class PerceptualHashTest {

  private static BufferedImage draw(int size, int left, int grey) {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(grey, grey, grey));
    graphics.fillRect(0, 0, size, size);
    graphics.setColor(Color.RED);
    graphics.fillOval(left, size / 4, size / 2, size / 2);
    graphics.dispose();
    return image;
  }

  @Test
  void smallChangesOfLightAndSizeMoveFewBits() {
    long hash = PerceptualHash.of(draw(90, 10, 200));

    assertThat(PerceptualHash.distance(hash, PerceptualHash.of(draw(90, 10, 205))))
        .isLessThanOrEqualTo(2);
    assertThat(PerceptualHash.distance(hash, PerceptualHash.of(draw(180, 20, 200))))
        .isLessThanOrEqualTo(2);
  }

  @Test
  void anotherLayoutMovesMany() {
    long hash = PerceptualHash.of(draw(90, 5, 200));

    assertThat(PerceptualHash.distance(hash, PerceptualHash.of(draw(90, 40, 200))))
        .isGreaterThan(10);
  }

  @Test
  void aBitIsACellThatIsDarkerThanItsRightNeighbour() {
    BufferedImage image = new BufferedImage(9, 8, BufferedImage.TYPE_INT_RGB);
    image.setRGB(8, 7, 0xffffff);
    assertThat(PerceptualHash.of(image)).isEqualTo(1);

    image.setRGB(1, 0, 0xffffff);
    assertThat(PerceptualHash.of(image)).isEqualTo(1L << 63 | 1);
  }

  @Test
  void imagesOfAPixelHaveAHash() {
    assertThat(PerceptualHash.of(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB))).isZero();
  }
}
