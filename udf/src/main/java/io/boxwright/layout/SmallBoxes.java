package io.boxwright.layout;

/** What happens to a box so small that it covers no cell of a map. */
public enum SmallBoxes {
  /** It covers the one cell that its centre lies in. */
  SNAP_TO_CELL,
  /** It stays empty. */
  LEAVE_EMPTY
}
