package io.boxwright.diffusion.layout;

/** A rule that turns a box's edge, scaled to a map's width or height, into the number of a cell. */
public enum CellRounding {
  /** Rounds towards zero, like Python's {@code int()}. */
  TRUNCATE {
    @Override
    public int cell(double edge) {
      return (int) edge;
    }
  },
  /** Rounds to the nearest number, and halves to the even one, like Python's {@code round()}. */
  HALF_EVEN {
    @Override
    public int cell(double edge) {
      return (int) Math.rint(edge);
    }
  };

  /** Returns the cell that an edge at {@code edge} cells, at least 0, falls on. */
  public abstract int cell(double edge);
}
