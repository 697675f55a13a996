package io.boxwright.testing;

import java.nio.file.Path;

/** The tiny random detectors and scorers of the project, as transformers saved them. */
public final class TinyScorers {

  private static final Path FIXTURES =
      Path.of("..", "udf", "src", "test", "resources", "fixtures", "detectors")
          .toAbsolutePath()
          .normalize();

  /** The folder of an OWL-ViT. Tests run in the folder of their module. */
  public static final Path OWL_VIT = FIXTURES.resolve("owlvit");

  /** The folder of a CLIP. */
  public static final Path CLIP = FIXTURES.resolve("clip");

  private TinyScorers() {}
}
