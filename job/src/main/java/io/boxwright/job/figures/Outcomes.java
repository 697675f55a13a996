package io.boxwright.job.figures;

import java.util.Map;
import java.util.Optional;

/** Numbers in outcomes of images. */
final class Outcomes {

  private Outcomes() {}

  /** Returns 1 for yes and 0 for no. */
  static double toNumber(boolean yes) {
    return yes ? 1 : 0;
  }

  /** Returns whether a value is 1; nothing if the image does not have it. */
  static Optional<Boolean> isYes(Map<String, Double> values, String name) {
    return Optional.ofNullable(values.get(name)).map(value -> value == 1);
  }

  /** Returns whether two values are equal; nothing if the image does not have the first one. */
  static Optional<Boolean> areEqual(Map<String, Double> values, String first, String second) {
    return Optional.ofNullable(values.get(first)).map(value -> value.equals(values.get(second)));
  }
}
