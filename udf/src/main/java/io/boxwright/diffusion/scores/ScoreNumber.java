package io.boxwright.diffusion.scores;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * One number of a class of scores.
 *
 * @param <T> the class of scores
 * @param name the name in the image table
 * @param value the function that reads the number
 */
public record ScoreNumber<T>(String name, ToDoubleFunction<T> value) {

  /** Returns the paths of some numbers in a struct, whose name may be empty. */
  public static <T> List<String> paths(String struct, List<ScoreNumber<T>> numbers) {
    return numbers.stream().map(number -> number.path(struct)).toList();
  }

  /**
   * Returns the values of some numbers by their paths in a struct, whose name may be empty. Callers
   * may add more values.
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
