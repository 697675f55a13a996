package io.boxwright.job.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class HeatMapTest {

  @Test
  void opacityIsTheMeanOfTheMapsEachWithTheSameWeight() throws Exception {
    HeatMap.Layer coarse = new HeatMap.Layer(1, 2, new double[] {300, 100}); // as 1.5, 0.5
    HeatMap.Layer fine = new HeatMap.Layer(2, 2, new double[] {0, 0, 0.1, 0.1}); // as 0, 0, 2, 2

    BufferedImage picture =
        ImageIO.read(new ByteArrayInputStream(HeatMap.draw(List.of(coarse, fine))));

    assertThat(picture.getWidth()).isEqualTo(2);
    assertThat(picture.getHeight()).isEqualTo(2);
    assertThat(opacity(picture, 0, 0)).isEqualTo(Math.round(255 * 1.5 / 3.5));
    assertThat(opacity(picture, 1, 0)).isEqualTo(Math.round(255 * 0.5 / 3.5));
    assertThat(opacity(picture, 0, 1)).isEqualTo(255);
    assertThat(opacity(picture, 1, 1)).isEqualTo(Math.round(255 * 2.5 / 3.5));
  }

  @Test
  void withoutAttentionThereIsNoPicture() {
    assertThat(HeatMap.draw(List.of())).isNull();
    assertThat(HeatMap.draw(List.of(new HeatMap.Layer(1, 1, new double[] {0})))).isNull();
  }

  private static long opacity(BufferedImage picture, int x, int y) {
    return picture.getRGB(x, y) >>> 24;
  }
}
