package io.boxwright.guidance;

/**
 * Whether the shape of a batch depends on what is in it. Kernels of another shape add in another
 * order, so the last digits of a row, and some of its pixels by one, depend on the shape.
 */
public enum BatchShape {
  /**
   * No: all rows stay in every pass, whether they need it or not. At its place in the batch a row
   * gives the same bytes in any company. At another place it may not: where several threads share
   * an operation, their parts can end within a row.
   */
  FIXED,
  /** Yes: rows leave the guided passes as soon as they are finished. Faster. */
  SHRINKING
}
