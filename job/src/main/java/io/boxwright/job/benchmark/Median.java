package io.boxwright.job.benchmark;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The middle one of some values. */
final class Median {

  private Median() {}

  /** Of a number of each of the items, of which there is at least one. */
  static <T> double of(List<T> items, ToDoubleFunction<T> number) {
    double[] sorted = items.stream().mapToDouble(number).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
