package io.boxwright.diffusion.layout;

/** How a box's edge, scaled to a map's width or height, becomes the number of a cell. */
public enum CellRounding {
  /** Towards zero, as Python's {@code int()}. */
  TRUNCATE {
    @Override
    public int cell(double edge) {
      return (int) edge;
    }
  },
  /** To the nearest, halves to the even one, as Python's {@code round()}. */
  HALF_EVEN {
    @Override
    public int cell(double edge) {
      return (int) Math.rint(edge);
    }
  };

  /** The cell that an edge at {@code edge} cells, at least 0, falls on. */
  public abstract int cell(double edge);
}
