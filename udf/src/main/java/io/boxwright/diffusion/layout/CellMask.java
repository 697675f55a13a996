package io.boxwright.diffusion.layout;

import java.util.List;

/** The cells of an attention map that the union of some boxes covers. */
public final class CellMask {

  private final int height;
  private final int width;
  private final boolean[] covered;

  /**
   * Rasterises boxes.
   *
   * @param boxes at least one
   * @param height rows of the map
   * @param width columns of the map
   * @param rounding how edges become cells
   * @param smallBoxes what a box covers whose edges round to the same cell
   */
  public CellMask(
      List<BoundingBox> boxes,
      int height,
      int width,
      CellRounding rounding,
      SmallBoxes smallBoxes) {
    this.height = height;
    this.width = width;
    this.covered = new boolean[height * width];
    for (BoundingBox box : boxes) {
      cover(
          span(box.yMin(), box.yMax(), height, rounding, smallBoxes),
          span(box.xMin(), box.xMax(), width, rounding, smallBoxes));
    }
  }

  /** Cells from first to last, without last. */
  private record Span(int first, int last) {}

  private static Span span(
      double low, double high, int cells, CellRounding rounding, SmallBoxes smallBoxes) {
    int first = rounding.cell(low * cells);
    int last = rounding.cell(high * cells);
    if (first < last || smallBoxes == SmallBoxes.LEAVE_EMPTY) {
      return new Span(first, last);
    }
    int centre = Math.min((int) ((low + high) / 2 * cells), cells - 1);
    return new Span(centre, centre + 1);
  }

  private void cover(Span rows, Span columns) {
    for (int row = rows.first(); row < rows.last(); row++) {
      for (int column = columns.first(); column < columns.last(); column++) {
        covered[row * width + column] = true;
      }
    }
  }

  /** Rows of the map. */
  public int height() {
    return height;
  }

  /** Columns of the map. */
  public int width() {
    return width;
  }

  /** Whether a cell is covered; cells are numbered row by row. */
  public boolean covers(int cell) {
    return covered[cell];
  }

  /** How many cells are covered. */
  public int size() {
    int size = 0;
    for (boolean cell : covered) {
      size += cell ? 1 : 0;
    }
    return size;
  }

  /** Writes 1 for covered cells and 0 for others into {@code height * width} places. */
  public void write(float[] target, int offset) {
    for (int cell = 0; cell < covered.length; cell++) {
      target[offset + cell] = covered[cell] ? 1 : 0;
    }
  }
}
