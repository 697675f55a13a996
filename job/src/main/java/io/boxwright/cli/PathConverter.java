package io.boxwright.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The converter of local files and folders. Like {@link NameConverter}, it refuses empty names. */
final class PathConverter implements ITypeConverter<Path> {

  private final NameConverter names = new NameConverter();

  @Override
  public Path convert(String value) {
    try {
      return Path.of(names.convert(value));
    } catch (InvalidPathException e) {
      throw new TypeConversionException("it is no path: " + e.getReason());
    }
  }
}
