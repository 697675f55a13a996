package io.boxwright.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ArrayScopeTest {

  private final NDManager manager = LibTorch.newManager(Device.cpu());

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void arraysOfAScopeAreFreedWhateverManagerTheyBelongTo() {
    NDArray weight = manager.ones(new Shape(2, 2));
    NDArray product;
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      product = TorchKernels.scale(2, weight);
    }

    assertThat(product.isReleased()).isTrue();
    assertThat(weight.isReleased()).isFalse();
  }

  @Test
  void keptArrayGoesToTheScopeAround() {
    NDArray kept;
    try (ArrayScope outer = new ArrayScope()) {
      outer.suppressNotUsedWarning();
      try (ArrayScope inner = new ArrayScope()) {
        kept = inner.keep(manager.ones(new Shape(1)));
      }
      assertThat(kept.isReleased()).isFalse();
    }

    assertThat(kept.isReleased()).isTrue();
  }

  @Test
  void releasedArrayOutlivesEveryScope() {
    NDArray released;
    try (ArrayScope outer = new ArrayScope();
        ArrayScope inner = new ArrayScope()) {
      outer.suppressNotUsedWarning();
      inner.suppressNotUsedWarning();
      released = ArrayScope.release(manager.ones(new Shape(1)));
    }

    assertThat(released.isReleased()).isFalse();
  }

  @Test
  void scopesCloseWhenAnExceptionPassesThrough() {
    NDArray[] made = new NDArray[1];
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      made[0] = manager.ones(new Shape(1));
      throw new IllegalStateException();
    } catch (IllegalStateException expected) {
      assertThat(made[0].isReleased()).isTrue();
    }
  }
}
