package io.boxwright.cli;

import java.time.Duration;
import org.apache.spark.network.util.JavaUtils;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The converter of durations as in Spark's settings: {@code 90s}, {@code 10m}; without a unit,
 * seconds.
 */
final class DurationConverter implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String value) {
    try {
      return Duration.ofSeconds(JavaUtils.timeStringAsSec(value));
    } catch (NumberFormatException e) { // its message has several lines
      throw new TypeConversionException(
          "%s, it must be a duration such as 90s or 10m".formatted(value));
    }
  }
}
