package io.boxwright.diffusion.layout;

/**
 * What happens to a box whose edges fall on the same cell edge of a map, so that it covers none.
 */
public enum SmallBoxes {
  /** Along each side that would be empty it covers the one cell that its centre lies in. */
  SNAP_TO_CELL,
  /** It stays empty. */
  LEAVE_EMPTY
}
