package io.boxwright.diffusion.loading;

import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import java.util.List;

/**
 * Checks of the values of a configuration, for the compact constructors of records. Messages name
 * the refused value by its key, and by its place in a list, such as {@code block_out_channels[2]}.
 */
public final class ConfigValues {

  private ConfigValues() {}

  /**
   * Checks a whole number.
   *
   * @throws IllegalArgumentException unless it is from {@code least} to {@code most}
   */
  public static void requireWithin(String key, int value, int least, int most) {
    require(value >= least && value <= most, key, value, describeRange(least, most));
  }

  /**
   * Checks whole numbers.
   *
   * @throws IllegalArgumentException unless each is from {@code least} to {@code most}
   */
  public static void requireEachWithin(String key, List<Integer> values, int least, int most) {
    for (int i = 0; i < values.size(); i++) {
      requireWithin(nameValue(key, values, i), values.get(i), least, most);
    }
  }

  /**
   * Checks that channels can be split evenly.
   *
   * @param divisorKey the key of the divisor, such as {@code norm_num_groups}
   * @throws IllegalArgumentException unless the value is a multiple of the divisor
   */
  public static void requireMultiple(String key, int value, String divisorKey, int divisor) {
    require(
        value % divisor == 0, key, value, "a multiple of %s, %d".formatted(divisorKey, divisor));
  }

  /**
   * Checks a number.
   *
   * @throws IllegalArgumentException unless it is greater than 0 and at most {@code most}
   */
  public static void requirePositive(String key, double value, double most) {
    require(value > 0 && value <= most, key, value, "greater than 0 and at most " + most);
  }

  /**
   * Checks the length of a list.
   *
   * @throws IllegalArgumentException unless it has from {@code least} to {@code most} values
   */
  public static void requireSize(String key, List<?> values, int least, int most) {
    if (values.size() < least || values.size() > most) {
      throw new IllegalArgumentException(
          "%s has %s, it must have %s"
              .formatted(key, Count.of(values.size(), "value"), describeRange(least, most)));
    }
  }

  /**
   * Checks any condition.
   *
   * @param wanted the end of the sentence {@code KEY is VALUE, it must be}
   * @throws IllegalArgumentException unless the value is valid
   */
  public static void require(boolean valid, String key, Object value, String wanted) {
    if (!valid) {
      throw new IllegalArgumentException(
          "%s is %s, it must be %s".formatted(key, Printable.value(value), wanted));
    }
  }

  private static String describeRange(int least, int most) {
    return least == most ? String.valueOf(least) : "from %d to %d".formatted(least, most);
  }

  /** Names a value by its place, unless all are the same: then the file may hold a single value. */
  private static String nameValue(String key, List<?> values, int index) {
    boolean same = values.stream().allMatch(values.get(0)::equals);
    return same ? key : "%s[%d]".formatted(key, index);
  }
}
