package io.boxwright.job.figures;

/** The sets of images that a figure is computed for. */
public enum FigureScope {
  /** All images together, and each category. */
  OVERALL_AND_CATEGORIES,

  /** All images together. */
  OVERALL
}
