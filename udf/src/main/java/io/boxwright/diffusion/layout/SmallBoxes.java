package io.boxwright.diffusion.layout;

/**
 * The treatment of a box whose edges fall on the same cell edge of a map, so that it covers no
 * cell.
 */
public enum SmallBoxes {
  /** Along each side that would be empty, the box covers the one cell that its centre lies in. */
  SNAP_TO_CELL,
  /** The box stays empty. */
  LEAVE_EMPTY
}
