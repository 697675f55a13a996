package io.boxwright.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The converter of counts, which are at least 1. It refuses 0, which is not the default. */
final class CountConverter implements ITypeConverter<Integer> {

  @Override
  public Integer convert(String value) {
    int count = ValueConverters.parseWholeNumber(value);
    if (count < 1) {
      throw new TypeConversionException("%s, it must be at least 1".formatted(value));
    }
    return count;
  }
}
