package io.boxwright.job.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.boxwright.diffusion.layout.BoundingBox;
import org.junit.jupiter.api.Test;

class PixelBoxTest {

  @Test
  void theEdgesAreWholePixelsOfTheBox() {
    PixelBox first = new PixelBox(0, 0, 9, 9);
    PixelBox second = new PixelBox(5, 0, 14, 9);

    assertThat(first.inclusiveOverlap(second)).isCloseTo(50.0 / 150, within(1e-12));
    assertThat(first.inclusiveOverlap(first)).isEqualTo(1);
  }

  @Test
  void boxesThatShareAnEdgeOverlapByOnePixel() {
    PixelBox left = new PixelBox(0, 0, 4, 9);
    PixelBox right = new PixelBox(4, 0, 8, 9);

    assertThat(left.inclusiveOverlap(right)).isCloseTo(10.0 / 90, within(1e-12));
    assertThat(left.inclusiveOverlap(new PixelBox(6, 0, 8, 9))).isZero();
  }

  @Test
  void fractionsOfPixelsAreCutOff() {
    PixelBox box = PixelBox.of(new BoundingBox(0.105, 0.25, 0.999, 1), 100, 200);

    assertThat(box.toWholePixels()).isEqualTo(new PixelBox(10, 50, 99, 200));
  }
}
