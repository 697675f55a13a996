package io.boxwright.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The converter of names of files and folders. It refuses empty ones, which unset variables of the
 * shell leave.
 */
final class NameConverter implements ITypeConverter<String> {

  @Override
  public String convert(String value) {
    if (value.isEmpty()) {
      throw new TypeConversionException("it is empty");
    }
    return value;
  }
}
