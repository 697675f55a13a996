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
   * @param boxes the boxes; if there are none, no cell is covered
   * @param height the number of rows of the map
   * @param width the number of columns of the map
   * @param rounding the way edges become cells
   * @param smallBoxes the treatment of a box whose edges round to the same cell
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
          toSpan(box.yMin(), box.yMax(), height, rounding, smallBoxes),
          toSpan(box.xMin(), box.xMax(), width, rounding, smallBoxes));
    }
  }

  /** The cells from {@code first} up to but not including {@code last}. */
  private record Span(int first, int last) {}

  private static Span toSpan(
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

  /** Returns the number of rows of the map. */
  public int height() {
    return height;
  }

  /** Returns the number of columns of the map. */
  public int width() {
    return width;
  }

  /** Returns whether a cell is covered. Cells are numbered row by row. */
  public boolean covers(int cell) {
    return covered[cell];
  }

  /** Returns the number of covered cells. */
  public int size() {
    int size = 0;
    for (boolean cell : covered) {
      size += cell ? 1 : 0;
    }
    return size;
  }
}
