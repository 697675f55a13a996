package io.boxwright.job.figures;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of a benchmark: what it asks of a detector, what it says of one image, and which
 * figures it makes from many. {@link Benchmarks} lists all of them.
 */
public interface Benchmark {

  /** Returns the name, such as {@code 7bench}. */
  String name();

  /** Returns what its authors ask of a detector; nothing if it needs no detections. */
  Optional<DetectorRequest> detector();

  /**
   * Judges an image that was made.
   *
   * @return values by their names, 1 and 0 for yes and no; an empty map if it does not judge this
   *     image
   */
  Map<String, Double> judge(EvaluatedImage image);

  /**
   * Returns whether an image is right as a whole, if the benchmark decides that.
   *
   * @param values the values that {@link #judge} gave the image
   */
  default Optional<Boolean> isRight(Map<String, Double> values) {
    return Optional.empty();
  }

  /** Returns the figures, in the order of a report. */
  List<FigureDefinition> figures();
}
