package io.boxwright.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.boxwright.diffusion.models.ModelKernels;
import io.boxwright.diffusion.nn.Functional;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TorchKernelsTest {

  private final NDManager manager = LibTorch.newManager(Device.cpu());

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void randnIsTorchRandnOfASeededGenerator() {
    // torch.randn((1, 4, 8, 8), generator=torch.Generator("cpu").manual_seed(42)).flatten()[:4]
    float[] expected = {1.9269153f, 1.4872841f, 0.9007172f, -2.105521f};

    NDArray noise = TorchKernels.randn(manager, 42, 1, new Shape(1, 4, 8, 8));

    assertThat(Arrays.copyOf(noise.toFloatArray(), 4)).isEqualTo(expected);
  }

  @Test
  void negativeSeedsAreThoseOfTorch() {
    // torch.randn((1, 4, 8, 8), generator=torch.Generator("cpu").manual_seed(-5)).flatten()[:4]
    float[] expected = {-2.2801f, 1.2997f, -2.4232f, -0.8620f};

    NDArray noise = TorchKernels.randn(manager, -5, 1, new Shape(1, 4, 8, 8));

    assertThat(Arrays.copyOf(noise.toFloatArray(), 4)).containsExactly(expected, within(1e-4f));
  }

  @Test
  void randnOfManyThreadsEqualsThatOfOne() {
    List<float[]> alone = LongStream.range(0, 8).mapToObj(this::noise).toList();

    List<CompletableFuture<float[]>> together =
        LongStream.range(0, 8)
            .mapToObj(seed -> CompletableFuture.supplyAsync(() -> noise(seed)))
            .toList();

    for (int seed = 0; seed < 8; seed++) {
      assertThat(together.get(seed).join()).isEqualTo(alone.get(seed));
    }
  }

  private float[] noise(long seed) {
    return TorchKernels.randn(manager, seed, 3, new Shape(1, 4, 16, 16)).toFloatArray();
  }

  @Test
  void successiveDrawsContinueOneStream() {
    NDArray two = TorchKernels.randn(manager, 5, 2, new Shape(1, 4, 8, 8));
    NDArray one = TorchKernels.randn(manager, 5, 1, new Shape(1, 4, 8, 8));

    assertThat(two.get(0).toFloatArray()).isEqualTo(one.get(0).toFloatArray());
    assertThat(two.get(1).toFloatArray()).isNotEqualTo(one.get(0).toFloatArray());
  }

  @Test
  void someRowsOfADrawAreThoseOfTheWholeDraw() {
    Shape odd = new Shape(1, 4, 3, 3); // its rows do not follow each other in the stream
    NDArray whole = TorchKernels.randn(manager, 5, 2, new Shape(3, 4, 3, 3));

    NDArray some = TorchKernels.randnRows(manager, 5, 2, odd, 3, new long[] {2, 0});

    assertThat(some.getShape()).isEqualTo(new Shape(2, 2, 4, 3, 3));
    assertThat(some.get(":, 0").toFloatArray()).isEqualTo(whole.get(":, 2").toFloatArray());
    assertThat(some.get(":, 1").toFloatArray()).isEqualTo(whole.get(":, 0").toFloatArray());
  }

  @Test
  void gradientsFlowThroughKernels() {
    NDArray x = manager.create(new float[] {1, 2, 3});
    try (GradMode ignored = GradMode.enabled()) {
      x.setRequiresGradient(true);
      NDArray sum = TorchKernels.weightedSum(3, x, 2, x.mul(x)).sum(); // 3x + 2x^2
      JniUtils.backward((PtNDArray) sum, (PtNDArray) sum.onesLike(), false, false);
    }

    assertThat(x.getGradient().toFloatArray())
        .containsExactly(new float[] {7, 11, 15}, within(1e-5f));
  }

  @Test
  void addedChannelsAreNormalisedToo() {
    NDArray x = randn(1, new Shape(2, 12, 5, 3));
    NDArray weight = randn(2, new Shape(12));
    NDArray bias = randn(3, new Shape(12));
    NDArray channels = randn(4, new Shape(1, 12));

    NDArray expected =
        Functional.groupNormSilu(x.add(channels.reshape(1, 12, 1, 1)), 4, weight, bias, 1e-5);
    NDArray actual = Functional.addGroupNormSilu(x, channels, 4, weight, bias, 1e-5);

    assertThat(largestDifference(actual, expected)).isLessThan(1e-6f);
  }

  @Test
  void conversionsAreDifferentiable() {
    try (GradMode ignored = GradMode.enabled()) {
      NDArray x = manager.create(new float[] {1, 2});
      x.setRequiresGradient(true);
      NDArray half = TorchKernels.toType(x, DataType.FLOAT16);
      NDArray sum = TorchKernels.toType(half, DataType.FLOAT32).mul(3).sum();

      JniUtils.backward((PtNDArray) sum, (PtNDArray) sum.onesLike(), false, false);

      assertThat(half.getDataType()).isEqualTo(DataType.FLOAT16);
      assertThat(x.getGradient().toFloatArray()).containsExactly(3, 3);
    }
  }

  @Test
  void rowsWithANumberThatIsNoneAreFound() {
    NDArray x = manager.create(new float[] {1, 2, 3, Float.NaN, Float.NEGATIVE_INFINITY, 0});

    assertThat(TorchKernels.finiteRows(x.reshape(3, 2)).toBooleanArray())
        .containsExactly(true, false, false);
  }

  private NDArray randn(long seed, Shape shape) {
    return TorchKernels.randn(manager, seed, 1, shape).squeeze(0);
  }

  private static float largestDifference(NDArray a, NDArray b) {
    return a.sub(b).abs().max().getFloat();
  }

  @Test
  void weightedSumsOfUpToFourArrays() {
    NDArray a = manager.create(new float[] {1});
    NDArray b = manager.create(new float[] {10});
    NDArray c = manager.create(new float[] {100});
    NDArray d = manager.create(new float[] {1000});

    assertThat(TorchKernels.weightedSum(2, a, 3, b).getFloat()).isEqualTo(32);
    assertThat(TorchKernels.weightedSum(2, a, 3, b, 4, c).getFloat()).isEqualTo(432);
    assertThat(TorchKernels.weightedSum(2, a, 3, b, 4, c, 5, d).getFloat()).isEqualTo(5432);
  }

  @Test
  void gradModeIsRestoredWhenClosed() {
    try (GradMode off = GradMode.disabled()) {
      try (GradMode on = GradMode.enabled()) {
        assertThat(JniUtils.isGradMode()).isTrue();
      }
      assertThat(JniUtils.isGradMode()).isFalse();
    }
  }

  @Test
  void diagonalGaussianIsSampledAsInDiffusers() {
    NDArray moments = manager.create(new float[] {1, 2, 0, 40}, new Shape(1, 4, 1, 1));
    NDArray noise = manager.create(new float[] {2, 1}, new Shape(1, 2, 1, 1));

    // mean 1, log variance 0; mean 2, log variance 40, which is limited to 20
    assertThat(ModelKernels.sampleDiagonalGaussian(moments, noise).toFloatArray())
        .containsExactly(new float[] {3, 2 + (float) Math.exp(10)}, within(0.1f));
  }
}
