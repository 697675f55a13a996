package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class RandomWeightsTest extends ComponentWeights {

  @Test
  void randomWeightsHaveEveryNameAndShape() {
    StateDict weights = StateDict.random("unet", folder, manager, DataType.FLOAT32);

    NDArray convolution = weights.at("conv_in").tensor("weight", 64, 16, 3, 3);
    NDArray again = weights.at("conv_out").tensor("weight", 64, 16, 3, 3);
    NDArray norm = weights.at("norm").tensor("weight", 4);
    NDArray bias = weights.at("norm").tensor("bias", 4);
    weights.finish();

    assertThat(convolution.getShape()).isEqualTo(new Shape(64, 16, 3, 3));
    assertThat(convolution.mean().getFloat()).isBetween(-0.002f, 0.002f);
    assertThat(convolution.square().mean().sqrt().getFloat()).isBetween(0.018f, 0.022f);
    assertThat(again.toFloatArray()).isNotEqualTo(convolution.toFloatArray());
    assertThat(norm.toFloatArray()).containsOnly(1);
    assertThat(bias.toFloatArray()).containsOnly(0);
  }

  @Test
  void randomWeightsOutliveTheScopeThatTheyWereDrawnIn() {
    StateDict weights = StateDict.random("unet", folder, manager, DataType.FLOAT16);
    NDArray drawn;
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      drawn = weights.tensor("weight", 2, 2);
    }

    assertThat(drawn.isReleased()).isFalse();
    assertThat(drawn.getDataType()).isEqualTo(DataType.FLOAT16);
  }
}
