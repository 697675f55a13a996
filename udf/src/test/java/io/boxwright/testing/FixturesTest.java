package io.boxwright.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FixturesTest {

  @Test
  void tensorsHaveTheirNamesTypesShapesAndValues() {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      Map<String, NDArray> tensors = Fixtures.tensors("golden/sd1_components.safetensors", manager);

      NDArray ids = tensors.get("text.input_ids");
      assertThat(ids.getDataType()).isEqualTo(DataType.INT64);
      assertThat(ids.getShape()).isEqualTo(new Shape(2, 77));
      assertThat(ids.toLongArray()[0]).isEqualTo(764); // the start token
      assertThat(tensors.get("unet.timesteps").toFloatArray()).containsExactly(981f, 1f);
    }
  }

  @Test
  void closenessIsRelativeToTheLargestValue() {
    try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
      NDArray expected = manager.create(new float[] {0, 100});
      Fixtures.assertClose(manager.create(new float[] {0.009f, 100}), expected, 1e-4);

      for (float wrong : new float[] {0.011f, Float.NaN}) {
        assertThatThrownBy(
                () ->
                    Fixtures.assertClose(manager.create(new float[] {wrong, 100}), expected, 1e-4))
            .isInstanceOf(AssertionError.class)
            .hasMessageContaining("flat index 0");
      }
    }
  }
}
