package io.boxwright.testing;

import java.io.IOException;
import java.nio.file.Path;

/** The tiny random diffusers folder of the project. */
public final class TinyModel {

  /** The folder. Tests run in the folder of their module. */
  public static final Path FOLDER =
      Path.of("..", "datasets", "tiny-random", "pipeline").toAbsolutePath().normalize();

  private TinyModel() {}

  /** Copies the folder. */
  public static ModelCopy copyTo(Path target) throws IOException {
    return ModelCopy.of(FOLDER, target);
  }
}
