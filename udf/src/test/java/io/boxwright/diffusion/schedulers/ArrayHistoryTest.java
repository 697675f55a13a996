package io.boxwright.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.torch.ArrayScope;
import org.junit.jupiter.api.Test;

/** Who frees what in {@link ArrayHistory}. */
class ArrayHistoryTest {

  private final ArrayHistory history = new ArrayHistory(2);

  @Test
  void copiesOutliveTheirOriginals() {
    addInItsOwnScope(1);
    addInItsOwnScope(2);

    assertThat(history.last(0).getFloat()).isEqualTo(2);
    assertThat(history.last(1).getFloat()).isEqualTo(1);
    history.close();
  }

  @Test
  void theOldestIsFreedWhenThereIsNoRoom() {
    addInItsOwnScope(1);
    NDArray oldest = history.last(0);
    addInItsOwnScope(2);
    addInItsOwnScope(3);

    assertThat(history.size()).isEqualTo(2);
    assertThat(oldest.isReleased()).isTrue();
    assertThat(history.last(1).getFloat()).isEqualTo(2);
    history.close();
  }

  @Test
  void closingFreesAll() {
    addInItsOwnScope(1);
    addInItsOwnScope(2);
    NDArray newest = history.last(0);
    NDArray oldest = history.last(1);
    history.close();

    assertThat(newest.isReleased()).isTrue();
    assertThat(oldest.isReleased()).isTrue();
    assertThat(history.size()).isZero();
  }

  private void addInItsOwnScope(float value) {
    try (NDManager manager = NDManager.newBaseManager();
        ArrayScope ignored = new ArrayScope()) {
      history.add(manager.create(value));
    }
  }
}
