package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Copies of the newest few arrays of a run. They outlive the scopes and managers of the steps that
 * made them and are freed when newer ones take their place or the history is closed.
 */
final class ArrayHistory implements AutoCloseable {

  private final int capacity;
  private final Deque<NDArray> arrays = new ArrayDeque<>();

  /** Makes an empty history of at most {@code capacity} arrays. */
  ArrayHistory(int capacity) {
    this.capacity = capacity;
  }

  /** Adds a copy of an array and drops the oldest if there is no room. */
  void add(NDArray array) {
    NDArray copy = ArrayScope.release(array.duplicate());
    copy.detach();
    arrays.addFirst(copy);
    if (arrays.size() > capacity) {
      arrays.removeLast().close();
    }
  }

  /**
   * Returns the array that was added {@code back} arrays before the newest; the history owns it.
   */
  NDArray last(int back) {
    Iterator<NDArray> newestFirst = arrays.iterator();
    for (int skipped = 0; skipped < back; skipped++) {
      newestFirst.next();
    }
    return newestFirst.next();
  }

  /** Returns the number of arrays. */
  int size() {
    return arrays.size();
  }

  /** Frees all arrays; the history is empty and may be used again. */
  @Override
  public void close() {
    arrays.forEach(NDArray::close);
    arrays.clear();
  }
}
