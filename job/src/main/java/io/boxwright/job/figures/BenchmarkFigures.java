package io.boxwright.job.figures;

import java.util.List;

/**
 * The figures of a benchmark over a run, and its values of each image.
 *
 * @param benchmark the name of the benchmark
 * @param figures the figures: over all images first, then by category in alphabetical order; a
 *     figure without any image to compute it from is not there
 * @param outcomes the values of each image that was made, by id and index
 * @param failedImages the number of images that were not made and count in no figure
 */
public record BenchmarkFigures(
    String benchmark, List<Figure> figures, List<ImageOutcome> outcomes, int failedImages) {

  /** Copies the lists. */
  public BenchmarkFigures {
    figures = List.copyOf(figures);
    outcomes = List.copyOf(outcomes);
  }
}
