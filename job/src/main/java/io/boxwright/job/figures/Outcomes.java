package io.boxwright.job.figures;

/** Numbers in outcomes of images. */
final class Outcomes {

  private Outcomes() {}

  /** Returns 1 for yes and 0 for no. */
  static double toNumber(boolean yes) {
    return yes ? 1 : 0;
  }
}
