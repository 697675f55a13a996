package io.boxwright.cli;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Reads values of options, and says in plain words what they must be. */
final class ValueConverters {

  private ValueConverters() {}

  /** Makes a command line and its subcommands read values so. */
  static CommandLine use(CommandLine commandLine) {
    return commandLine
        .registerConverter(int.class, ValueConverters::wholeNumber)
        .registerConverter(Integer.class, ValueConverters::wholeNumber)
        .registerConverter(double.class, ValueConverters::number)
        .registerConverter(Double.class, ValueConverters::number)
        .registerConverter(boolean.class, ValueConverters::truth)
        .registerConverter(Boolean.class, ValueConverters::truth);
  }

  /**
   * A whole number.
   *
   * @throws TypeConversionException if it is none, or too large
   */
  static int wholeNumber(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          value.matches("[+-]?\\d+")
              ? "%s, it must be between %d and %d"
                  .formatted(value, Integer.MIN_VALUE, Integer.MAX_VALUE)
              : "%s, it must be a whole number".formatted(value));
    }
  }

  private static double number(String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("%s, it must be a number".formatted(value));
    }
  }

  private static boolean truth(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new TypeConversionException("%s, it must be true or false".formatted(value));
    };
  }
}
