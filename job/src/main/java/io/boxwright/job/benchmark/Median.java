package io.boxwright.job.benchmark;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The median of some values. */
final class Median {

  private Median() {}

  /** Returns the median of a number that each item has. There is at least one item. */
  static <T> double of(List<T> items, ToDoubleFunction<T> number) {
    double[] sorted = items.stream().mapToDouble(number).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
