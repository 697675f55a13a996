package io.boxwright.diffusion.images;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.testing.DetectorFixtures;
import io.boxwright.testing.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BicubicResizeTest {

  @ParameterizedTest
  @ValueSource(strings = {"wide", "tall", "small", "square"})
  void givesTheBytesOfPillow(String name) {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      NDArray expected = Fixtures.tensors("detectors/resized.safetensors", manager).get(name);
      int height = (int) expected.getShape().get(0);
      int width = (int) expected.getShape().get(1);

      RgbPixels image = RgbPixels.of(DetectorFixtures.image(name));
      RgbPixels resized = BicubicResize.resize(image, width, height);

      assertThat(resized.width()).isEqualTo(width);
      assertThat(resized.height()).isEqualTo(height);
      assertThat(resized.bytes()).isEqualTo(expected.toByteArray());
    }
  }

  @Test
  void anImageOfTheRightSizeStaysAsItIs() {
    RgbPixels image = RgbPixels.of(DetectorFixtures.image("small"));

    assertThat(BicubicResize.resize(image, image.width(), image.height())).isSameAs(image);
  }
}
