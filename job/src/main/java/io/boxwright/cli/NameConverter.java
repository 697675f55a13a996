package io.boxwright.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads names of files and folders, which a variable of the shell may have left empty. */
final class NameConverter implements ITypeConverter<String> {

  @Override
  public String convert(String value) {
    if (value.isEmpty()) {
      throw new TypeConversionException("it is empty");
    }
    return value;
  }
}
