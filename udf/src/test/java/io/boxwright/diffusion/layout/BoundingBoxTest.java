package io.boxwright.diffusion.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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

  @Test
  void intersectionOverUnionIsSharedAreaOverCoveredArea() {
    BoundingBox box = new BoundingBox(0, 0, 0.4, 0.5);

    assertThat(box.intersectionOverUnion(box)).isEqualTo(1);
    assertThat(box.intersectionOverUnion(new BoundingBox(0.2, 0, 0.6, 0.5)))
        .isCloseTo(1.0 / 3, within(1e-12));
    assertThat(box.intersectionOverUnion(new BoundingBox(0.6, 0.6, 1, 1))).isZero();
    assertThat(box.intersectionOverUnion(new BoundingBox(0, 0.5, 0.4, 1))).isZero();
  }

  @Test
  void boxesWithoutAMeasurableAreaShareAllOrNothing() {
    BoundingBox box = new BoundingBox(0, 0, 1e-200, 1e-200);

    assertThat(box.intersectionOverUnion(box)).isEqualTo(1);
    assertThat(box.intersectionOverUnion(new BoundingBox(0, 0, 1e-200, 1e-201))).isZero();
  }

  @Test
  void aBoxContainsACentreOnItsEdge() {
    BoundingBox box = new BoundingBox(0.25, 0.25, 0.5, 0.75);

    assertThat(box.containsCentreOf(new BoundingBox(0, 0, 1, 1))).isTrue();
    assertThat(box.containsCentreOf(new BoundingBox(0, 0, 0.5, 1))).isTrue();
    assertThat(box.containsCentreOf(new BoundingBox(0.5, 0, 0.75, 1))).isFalse();
    assertThat(box.containsCentreOf(new BoundingBox(0.25, 0.6, 0.5, 1))).isFalse();
  }
}
