package io.boxwright.job.figures;

/** The unit of a figure. */
public enum FigureUnit {
  /** A number from 0 to 1. */
  FRACTION,

  /** A number from 0 to 100. */
  PERCENT,

  /** CLIP's points: 100 times a cosine, 0..100. */
  POINTS
}
