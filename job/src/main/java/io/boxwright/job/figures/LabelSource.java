package io.boxwright.job.figures;

import java.util.List;

/** The source of the labels to look for in an image. */
public enum LabelSource {
  /** The phrases of the layout. */
  PHRASES,

  /** The things of the column {@code expected}. */
  EXPECTATIONS;

  /** Returns the labels to look for in an image, each one once. */
  public List<String> labels(List<AskedObject> objects, List<Expectation> expected) {
    return switch (this) {
      case PHRASES -> objects.stream().map(AskedObject::phrase).distinct().toList();
      case EXPECTATIONS -> expected.stream().map(Expectation::label).distinct().toList();
    };
  }
}
