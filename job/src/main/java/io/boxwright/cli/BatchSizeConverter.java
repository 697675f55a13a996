package io.boxwright.cli;

import io.boxwright.udf.generate.BatchSize;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The converter of {@code --batch-size}. */
final class BatchSizeConverter implements ITypeConverter<BatchSize> {

  @Override
  public BatchSize convert(String value) {
    try {
      return BatchSize.parse(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
