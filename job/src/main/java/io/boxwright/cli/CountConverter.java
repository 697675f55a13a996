package io.boxwright.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads numbers of which there has to be at least one; none is not the same as not saying it. */
final class CountConverter implements ITypeConverter<Integer> {

  @Override
  public Integer convert(String value) {
    int count = ValueConverters.wholeNumber(value);
    if (count < 1) {
      throw new TypeConversionException("%s, it must be at least 1".formatted(value));
    }
    return count;
  }
}
