package io.boxwright.layout;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BoundingBoxTest {

  @Test
  void edgesThatAreNoNumbersAreRefused() {
    assertThatThrownBy(() -> new BoundingBox(Double.NaN, 0, 1, 1))
        .hasMessage("Invalid box: x_min is not a number");
  }

  @Test
  void edgesOutsideTheImageAreRefused() {
    assertThatThrownBy(() -> new BoundingBox(0, 0, 1, 512))
        .hasMessage("Invalid box: y_max is 512.0, but boxes are relative to the image, 0..1");
    assertThatThrownBy(() -> new BoundingBox(-0.1, 0, 1, 1)).hasMessageContaining("x_min is -0.1");
  }

  @Test
  void invertedBoxesAreRefused() {
    assertThatThrownBy(() -> new BoundingBox(0.8, 0, 0.2, 1))
        .hasMessage("Invalid box: inverted, x_min 0.8 is greater than x_max 0.2");
  }

  @Test
  void boxesOfZeroAreaAreRefused() {
    assertThatThrownBy(() -> new BoundingBox(0, 0.5, 1, 0.5))
        .hasMessage("Invalid box: zero area, y_min and y_max are both 0.5");
  }
}
