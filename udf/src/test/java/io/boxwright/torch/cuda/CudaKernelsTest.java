package io.boxwright.torch.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.ArrayMemory;
import io.boxwright.torch.DifferentiableFunction;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.LibTorch;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.cuda.FusedKernels.Activation;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels of a GPU against libtorch's operators and their derivatives in float32. */
@Tag("gpu")
class CudaKernelsTest {

  /** One small shape for every path, and those of Stable Diffusion's levels. */
  private static final List<Shape> PICTURES =
      List.of(
          new Shape(2, 64, 5, 7),
          new Shape(1, 256, 1, 1),
          new Shape(3, 320, 64, 64),
          new Shape(2, 960, 64, 64),
          new Shape(2, 640, 32, 32),
          new Shape(5, 1920, 16, 16),
          new Shape(2, 2560, 8, 8),
          new Shape(1, 128, 256, 256));

  private final NDManager manager = LibTorch.newManager(Device.gpu());
  private final CudaKernels kernels = new CudaKernels(Device.gpu());
  private final RecomputingKernels reference = new RecomputingKernels();
  private final GradMode gradMode = GradMode.disabled();

  /** Types of weights, and how near the results are to float32's, of the largest number. */
  enum Precision {
    FLOAT32(DataType.FLOAT32, 2e-5),
    FLOAT16(DataType.FLOAT16, 2e-3);

    private final DataType type;
    private final double tolerance;

    Precision(DataType type, double tolerance) {
      this.type = type;
      this.tolerance = tolerance;
    }
  }

  @BeforeEach
  void seed() {
    manager.getEngine().setRandomSeed(0);
  }

  @AfterEach
  void close() {
    gradMode.close();
    reference.close();
    manager.close();
  }

  private NDArray random(Precision precision, Shape shape) {
    return TorchKernels.toType(manager.randomNormal(shape), precision.type);
  }

  /** Not centred, and channels that differ. */
  private NDArray picture(Precision precision, Shape shape) {
    NDArray channels = manager.randomNormal(new Shape(1, shape.get(1), 1, 1));
    NDArray x = manager.randomNormal(shape).mul(channels.exp()).add(channels.mul(3));
    return TorchKernels.channelsLast(TorchKernels.toType(x, precision.type));
  }

  private static NDArray wide(NDArray x) {
    return x == null ? null : TorchKernels.toType(x, DataType.FLOAT32);
  }

  private static void assertClose(
      String what, Precision precision, NDArray actual, NDArray expected) {
    assertThat(actual.getShape()).as(what).isEqualTo(expected.getShape());
    double difference = wide(actual).sub(expected).abs().max().toFloatArray()[0];
    double largest = expected.abs().max().toFloatArray()[0];
    assertThat(difference / largest).as(what).isLessThan(precision.tolerance);
  }

  private void assertSame(
      String what,
      Precision precision,
      NDArray x,
      DifferentiableFunction actual,
      DifferentiableFunction expected) {
    try (actual;
        expected) {
      NDArray y = actual.forward(x);
      NDArray expectedY = expected.forward(wide(x));
      assertClose(what, precision, y, expectedY);

      NDArray gradient = random(precision, y.getShape());
      NDArray soFar = random(precision, x.getShape());
      for (NDArray before : new NDArray[] {null, soFar}) {
        assertClose(
            "derivative of " + what,
            precision,
            actual.backward(x, gradient, before),
            expected.backward(wide(x), wide(gradient), wide(before)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void groupNorm(Precision precision) {
    for (Shape shape : PICTURES) {
      long channels = shape.get(1);
      NDArray x = picture(precision, shape);
      NDArray weight = random(precision, new Shape(channels));
      NDArray bias = random(precision, new Shape(channels));
      NDArray each = random(precision, new Shape(shape.get(0), channels));
      NDArray all = random(precision, new Shape(1, channels));
      for (Activation activation : Activation.values()) {
        for (NDArray added : new NDArray[] {null, each, all}) {
          assertSame(
              "%s, %s, %s".formatted(shape, activation, added == null ? "" : added.getShape()),
              precision,
              x,
              kernels.groupNorm(added, 32, weight, bias, 1e-5, activation),
              reference.groupNorm(wide(added), 32, wide(weight), wide(bias), 1e-5, activation));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void layerNorm(Precision precision) {
    for (long channels : new long[] {8, 320, 640, 768, 1280}) {
      Shape shape = new Shape(3, 77, channels);
      NDArray weight = random(precision, new Shape(channels));
      NDArray bias = random(precision, new Shape(channels));
      assertSame(
          shape.toString(),
          precision,
          random(precision, shape).mul(3).add(2),
          kernels.layerNorm(weight, bias, 1e-5),
          reference.layerNorm(wide(weight), wide(bias), 1e-5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void geglu(Precision precision) {
    for (long channels : new long[] {8, 1280, 5120}) {
      Shape shape = new Shape(3, 77, 2 * channels);
      NDArray x = random(precision, shape).mul(2);
      assertSame(shape.toString(), precision, x, kernels.geglu(), reference.geglu());
    }
  }

  @ParameterizedTest
  @EnumSource
  void joinChannels(Precision precision) {
    for (Shape shape : PICTURES) {
      Shape small = new Shape(shape.get(0), 320, shape.get(2), shape.get(3));
      NDArray a = picture(precision, shape);
      NDArray b = picture(precision, small);
      NDArray twice = a.concat(a, 0);
      assertThat(kernels.joinChannels(a, b))
          .as("as many rows, %s", shape)
          .isEqualTo(a.concat(b, 1));
      assertThat(kernels.joinChannels(twice, b))
          .as("half as many rows, %s", shape)
          .isEqualTo(twice.concat(b.concat(b, 0), 1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void addBiasAndUpsampleTwice(Precision precision) {
    for (Shape shape : PICTURES) {
      NDArray a = picture(precision, shape);
      NDArray b = picture(precision, shape);
      NDArray bias = random(precision, new Shape(shape.get(1)));
      assertClose(
          "add_bias " + shape,
          precision,
          kernels.addBias(a, b, bias),
          reference.addBias(wide(a), wide(b), wide(bias)));
      assertClose(
          "add_bias to one " + shape,
          precision,
          kernels.addBias(a, bias),
          reference.addBias(wide(a), wide(bias)));
      assertClose(
          "upsample_twice " + shape,
          precision,
          kernels.upsampleTwice(a),
          reference.upsampleTwice(wide(a)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void arraysBeyondTwoGibibytesHaveAddresses(Precision precision) {
    Shape shape = new Shape(1L << 10, 1L << 21); // 4 or 8 GiB
    NDArray x = manager.zeros(shape, precision.type);

    assertThat(ArrayMemory.address(x)).isEqualTo(ArrayMemory.address(x.get(0)));
  }
}
