package io.boxwright.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.torch.cuda.FusedKernels;
import io.boxwright.torch.cuda.RecomputingKernels;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GradientTapeTest {

  private final NDManager manager = LibTorch.newManager(Device.cpu());
  private final RecomputingKernels kernels = new RecomputingKernels();

  @AfterEach
  void close() {
    kernels.close();
    manager.close();
  }

  /** x^2, of which autograd knows nothing. */
  private static final class Square implements DifferentiableFunction {

    private boolean closed;

    @Override
    public NDArray forward(NDArray x) {
      return x.square();
    }

    @Override
    public NDArray backward(NDArray x, NDArray gradient, NDArray soFar) {
      NDArray result = x.mul(2).mul(gradient);
      return soFar == null ? result : result.add(soFar);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private NDArray variable(float... values) {
    NDArray x = manager.create(values);
    x.setRequiresGradient(true);
    return x;
  }

  @Test
  void backwardCrossesFunctions() {
    NDArray x = variable(1, 2, 3);
    try (GradMode ignored = GradMode.enabled();
        GradientTape tape = new GradientTape()) {
      NDArray y = GradientTape.apply(x.mul(3), new Square());

      tape.backward(GradientTape.apply(y.add(1), new Square()).sum());
    }

    // d (9 x^2 + 1)^2 / dx = 36 x (9 x^2 + 1)
    assertThat(x.getGradient().toFloatArray()).containsExactly(360, 2664, 8856);
  }

  @Test
  void gradientsOfAllUsesOfAVariableAreAddedUp() {
    NDArray x = variable(1, 2);
    try (GradMode ignored = GradMode.enabled();
        GradientTape tape = new GradientTape()) {
      NDArray v = FusedKernels.variable(x.mul(3));
      NDArray sum = FusedKernels.variable(GradientTape.apply(v, new Square()).add(v));

      tape.backward(sum.mul(GradientTape.apply(sum, new Square())).sum());
    }

    // s = 9 x^2 + 3 x, d s^3 / dx = 3 s^2 (18 x + 3)
    assertThat(x.getGradient().toFloatArray()).containsExactly(3 * 144 * 21, 3 * 1764 * 39);
  }

  @Test
  void aVariableIsCutOnce() {
    NDArray x = variable(1);
    try (GradMode ignored = GradMode.enabled();
        GradientTape tape = new GradientTape()) {
      NDArray v = FusedKernels.variable(x.mul(2));

      assertThat(v).isNotSameAs(x);
      assertThat(FusedKernels.variable(v)).isSameAs(v);
    }
  }

  @Test
  void nothingIsCutWhereThereAreNoFunctions() {
    kernels.close();
    NDArray x = variable(1, 2);
    try (GradMode ignored = GradMode.enabled();
        GradientTape tape = new GradientTape()) {
      NDArray y = x.square();
      assertThat(FusedKernels.variable(y)).isSameAs(y);

      tape.backward(y.sum());
    }

    assertThat(x.getGradient().toFloatArray()).containsExactly(2, 4);
  }

  @Test
  void functionsAreClosedWithTheTape() {
    Square square = new Square();
    try (GradMode ignored = GradMode.enabled();
        GradientTape tape = new GradientTape()) {
      GradientTape.apply(variable(1), square);

      assertThat(square.closed).isFalse();
    }

    assertThat(square.closed).isTrue();
  }

  @Test
  void kernelsAreLeftAloneWhereTheirDerivativesWouldBeLost() {
    NDArray x = variable(1);
    try (GradMode ignored = GradMode.enabled()) {
      assertThat(FusedKernels.of(x)).isEmpty();
      try (GradientTape tape = new GradientTape()) {
        assertThat(FusedKernels.of(x)).containsSame(kernels);
      }
    }
    try (GradMode ignored = GradMode.disabled()) {
      assertThat(FusedKernels.of(x)).containsSame(kernels);
    }
  }

  @Test
  void whereKernelsCannotBeLoadedThereAreNone() {
    assertThat(
            FusedKernels.Loaded.load(
                Device.gpu(),
                device -> {
                  throw new UnsatisfiedLinkError("libcuda.so.1: cannot open shared object file");
                }))
        .isEmpty();
  }

  @Test
  void aThreadHasOneTapeAtATime() {
    try (GradientTape tape = new GradientTape()) {
      assertThatThrownBy(GradientTape::new).hasMessageContaining("already");
    }
    new GradientTape().close();
  }
}
