package io.boxwright.diffusion.scores;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A number of scores that are a class of their own.
 *
 * @param <T> that class
 * @param name as the image table has it
 * @param value reads it
 */
public record ScoreNumber<T>(String name, ToDoubleFunction<T> value) {

  /** The paths of some numbers in a struct; it may be empty. */
  public static <T> List<String> paths(String struct, List<ScoreNumber<T>> numbers) {
    return numbers.stream().map(number -> number.path(struct)).toList();
  }

  /**
   * The values of some numbers by their paths in a struct; it may be empty. Callers may add more.
   */
  public static <T> Map<String, Double> values(
      String struct, List<ScoreNumber<T>> numbers, T scores) {
    Map<String, Double> values = new LinkedHashMap<>();
    numbers.forEach(n -> values.put(n.path(struct), n.value().applyAsDouble(scores)));
    return values;
  }

  private String path(String struct) {
    return struct.isEmpty() ? name : struct + "." + name;
  }
}
