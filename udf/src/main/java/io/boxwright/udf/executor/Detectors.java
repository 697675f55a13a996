package io.boxwright.udf.executor;

import io.boxwright.diffusion.detection.DetectorFactory;
import io.boxwright.diffusion.detection.shapes.ShapesDetector;
import io.boxwright.text.Printable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All detectors by name. A new one needs a class that implements a factory, and a line here. */
public final class Detectors {

  /** The name for no detector. */
  public static final String NONE = "none";

  private static final List<DetectorFactory> ALL = List.of(new ShapesDetector.Factory());

  private Detectors() {}

  /** Returns the names, {@link #NONE} first. */
  public static List<String> names() {
    return Stream.concat(Stream.of(NONE), ALL.stream().map(DetectorFactory::name)).toList();
  }

  /**
   * Returns the factory of a detector by its name; empty for {@link #NONE}.
   *
   * @throws IllegalArgumentException listing the names, if no detector has this one
   */
  public static Optional<DetectorFactory> of(String name) {
    if (!names().contains(name)) {
      throw new IllegalArgumentException(
          "Unknown detector %s: choose one of %s"
              .formatted(Printable.value(name), String.join(", ", names())));
    }
    return ALL.stream().filter(factory -> factory.name().equals(name)).findFirst();
  }
}
