package io.boxwright.diffusion.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CellMaskTest {

  private static final BoundingBox HALVES = new BoundingBox(0.19, 0.19, 0.69, 0.69);

  @Test
  void truncationCutsEdgesTowardsTheOrigin() {
    // 0.19 * 8 = 1.52 -> 1, 0.69 * 8 = 5.52 -> 5
    assertThat(draw(CellRounding.TRUNCATE, SmallBoxes.SNAP_TO_CELL, HALVES))
        .containsExactly(
            "........",
            ".####...",
            ".####...",
            ".####...",
            ".####...",
            "........",
            "........",
            "........");
  }

  @Test
  void halfEvenTakesTheNearestEdge() {
    // 1.52 -> 2, 5.52 -> 6
    assertThat(draw(CellRounding.HALF_EVEN, SmallBoxes.SNAP_TO_CELL, HALVES))
        .containsExactly(
            "........",
            "........",
            "..####..",
            "..####..",
            "..####..",
            "..####..",
            "........",
            "........");
  }

  @Test
  void halvesGoToTheEvenEdgeAsInPython() {
    assertThat(CellRounding.HALF_EVEN.cell(0.5)).isEqualTo(0);
    assertThat(CellRounding.HALF_EVEN.cell(1.5)).isEqualTo(2);
    assertThat(CellRounding.HALF_EVEN.cell(2.5)).isEqualTo(2);
  }

  @Test
  void severalBoxesAreTheirUnion() {
    BoundingBox left = new BoundingBox(0, 0, 0.25, 1);
    BoundingBox bottom = new BoundingBox(0, 0.75, 1, 1);

    CellMask mask =
        new CellMask(List.of(left, bottom), 4, 4, CellRounding.TRUNCATE, SmallBoxes.SNAP_TO_CELL);

    assertThat(mask.size()).isEqualTo(7);
  }

  @Test
  void smallBoxSnapsToTheCellOfItsCentre() {
    BoundingBox small = new BoundingBox(0.51, 0.76, 0.55, 0.8);

    assertThat(draw(CellRounding.TRUNCATE, SmallBoxes.SNAP_TO_CELL, small))
        .containsExactly(
            "........",
            "........",
            "........",
            "........",
            "........",
            "........",
            "....#...",
            "........");
    assertThat(draw(CellRounding.TRUNCATE, SmallBoxes.LEAVE_EMPTY, small))
        .allMatch(row -> row.equals("........"));
  }

  @Test
  void flatBoxSnapsInItsShortDirectionOnly() {
    BoundingBox flat = new BoundingBox(0.25, 0.51, 0.75, 0.55);

    assertThat(draw(CellRounding.TRUNCATE, SmallBoxes.SNAP_TO_CELL, flat))
        .filteredOn(row -> row.contains("#"))
        .containsExactly("..####..");
  }

  @Test
  void boxAtTheFarEdgeStaysInsideTheMap() {
    BoundingBox corner = new BoundingBox(0.99, 0.99, 1, 1);

    CellMask mask =
        new CellMask(List.of(corner), 8, 8, CellRounding.HALF_EVEN, SmallBoxes.SNAP_TO_CELL);

    assertThat(mask.size()).isEqualTo(1);
    assertThat(mask.covers(63)).isTrue();
  }

  private static List<String> draw(CellRounding rounding, SmallBoxes smallBoxes, BoundingBox box) {
    CellMask mask = new CellMask(List.of(box), 8, 8, rounding, smallBoxes);
    String cells = "";
    for (int cell = 0; cell < 64; cell++) {
      cells += mask.covers(cell) ? "#" : ".";
    }
    return List.of(cells.split("(?<=\\G.{8})"));
  }
}
