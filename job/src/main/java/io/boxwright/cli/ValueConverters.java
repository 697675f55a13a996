package io.boxwright.cli;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Converters of option values, with errors in plain words. */
final class ValueConverters {

  private ValueConverters() {}

  /** Makes a command line and its subcommands use these converters. */
  static CommandLine use(CommandLine commandLine) {
    return commandLine
        .registerConverter(int.class, ValueConverters::parseWholeNumber)
        .registerConverter(Integer.class, ValueConverters::parseWholeNumber)
        .registerConverter(double.class, ValueConverters::parseNumber)
        .registerConverter(Double.class, ValueConverters::parseNumber)
        .registerConverter(boolean.class, ValueConverters::parseBoolean)
        .registerConverter(Boolean.class, ValueConverters::parseBoolean);
  }

  /**
   * Reads a whole number.
   *
   * @throws TypeConversionException if it is not a whole number, or does not fit into an int
   */
  static int parseWholeNumber(String value) {
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

  private static double parseNumber(String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("%s, it must be a number".formatted(value));
    }
  }

  private static boolean parseBoolean(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new TypeConversionException("%s, it must be true or false".formatted(value));
    };
  }
}
