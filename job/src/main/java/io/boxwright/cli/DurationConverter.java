package io.boxwright.cli;

import java.time.Duration;
import org.apache.spark.network.util.JavaUtils;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads durations as Spark's settings have them: {@code 90s}, {@code 10m}; seconds without unit.
 */
final class DurationConverter implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String value) {
    try {
      return Duration.ofSeconds(JavaUtils.timeStringAsSec(value));
    } catch (NumberFormatException e) { // with a message of several lines
      throw new TypeConversionException(
          "%s, it must be a duration such as 90s or 10m".formatted(value));
    }
  }
}
