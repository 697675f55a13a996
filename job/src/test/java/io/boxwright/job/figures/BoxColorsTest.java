package io.boxwright.job.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.layout.BoundingBox;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoxColorsTest {

  @Test
  void theShareIsThatOfThePixelsInTheBox() {
    BufferedImage image = new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.RED);
    graphics.fillRect(0, 0, 5, 10);
    graphics.dispose();
    BoundingBox left = new BoundingBox(0, 0, 0.5, 1);
    BoundingBox right = new BoundingBox(0.5, 0, 1, 1);

    assertThat(new BoxColors(image).measure(List.of(left, right), List.of("red", "black")))
        .containsExactly(
            new ColorShare(left, "red", 0.5),
            new ColorShare(left, "black", 0.5),
            new ColorShare(right, "red", 0),
            new ColorShare(right, "black", 1));
  }

  @Test
  void coloursHaveTheirRangesOfHues() {
    assertThat(colorsOf(255, 0, 0)).containsExactly(HsvColor.RED);
    assertThat(colorsOf(255, 0, 60)).as("hue 346").containsExactly(HsvColor.RED);
    assertThat(colorsOf(0, 255, 0)).containsExactly(HsvColor.GREEN);
    assertThat(colorsOf(0, 0, 255)).containsExactly(HsvColor.BLUE);
    assertThat(colorsOf(255, 255, 0)).containsExactly(HsvColor.YELLOW);
    assertThat(colorsOf(139, 69, 19)).containsExactly(HsvColor.BROWN);
    assertThat(colorsOf(255, 255, 255)).containsExactly(HsvColor.WHITE);
    assertThat(colorsOf(30, 30, 30)).containsExactly(HsvColor.BLACK);
    assertThat(colorsOf(128, 128, 128)).isEmpty();
    assertThat(colorsOf(255, 0, 255)).as("hue 300").isEmpty();
    assertThat(colorsOf(60, 0, 0)).as("too dark for red").containsExactly();
    assertThat(colorsOf(255, 210, 210)).as("too pale for red").isEmpty();
  }

  @Test
  void unknownColoursAreNamed() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    BoundingBox all = new BoundingBox(0, 0, 1, 1);

    assertThatThrownBy(() -> new BoxColors(image).measure(List.of(all), List.of("teal")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'teal'")
        .hasMessageContaining("yellow");
  }

  private static List<HsvColor> colorsOf(int red, int green, int blue) {
    int rgb = new Color(red, green, blue).getRGB();
    return Arrays.stream(HsvColor.values()).filter(color -> color.contains(rgb)).toList();
  }
}
