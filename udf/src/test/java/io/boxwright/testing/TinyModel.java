package io.boxwright.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The tiny random diffusers folder of the project. */
public final class TinyModel {

  /** The folder. Tests run in the folder of their module. */
  public static final Path FOLDER =
      Path.of("..", "datasets", "tiny-random", "pipeline").toAbsolutePath().normalize();

  private TinyModel() {}

  /** A copy of the folder that lacks a file. */
  public static Path copyWithout(String missing, Path target) {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path relative = FOLDER.relativize(file);
        Path copy = target.resolve(relative.toString());
        Files.createDirectories(copy.getParent());
        if (!relative.toString().equals(missing)) {
          Files.copy(file, copy);
        }
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
