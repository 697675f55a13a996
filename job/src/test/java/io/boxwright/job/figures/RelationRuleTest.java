package io.boxwright.job.figures;

import static io.boxwright.job.figures.Relation.ABOVE;
import static io.boxwright.job.figures.Relation.BELOW;
import static io.boxwright.job.figures.Relation.LARGER_THAN;
import static io.boxwright.job.figures.Relation.LEFT_OF;
import static io.boxwright.job.figures.Relation.NEXT_TO;
import static io.boxwright.job.figures.Relation.RIGHT_OF;
import static io.boxwright.job.figures.Relation.SMALLER_THAN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelationRuleTest {

  private static final PixelBox CENTRE = square(50, 50);

  @Test
  void centresNeedOnlyBeOnTheirSides() {
    RelationRule rule = new CentroidOrder();

    assertThat(relations(rule, square(49, 10))).containsExactly(LEFT_OF, ABOVE, NEXT_TO);
    assertThat(relations(rule, square(51, 90))).containsExactly(RIGHT_OF, BELOW, NEXT_TO);
    assertThat(relations(rule, CENTRE)).isEmpty();
  }

  @Test
  void linesBetweenCentresPointInOneDirection() {
    RelationRule rule = new CentroidQuadrant();

    assertThat(relations(rule, square(20, 40))).containsExactly(LEFT_OF, NEXT_TO);
    assertThat(relations(rule, square(80, 60))).containsExactly(RIGHT_OF, NEXT_TO);
    assertThat(relations(rule, square(40, 20))).containsExactly(ABOVE);
    assertThat(relations(rule, square(60, 80))).containsExactly(BELOW);
    assertThat(relations(rule, square(20, 20))).as("a diagonal").isEmpty();
    assertThat(relations(rule, CENTRE)).isEmpty();
  }

  @Test
  void offsetsMustExceedATenthOfTheSizes() {
    RelationRule rule = new CentroidMargin();

    assertThat(relations(rule, square(48, 50))).as("2 pixels with sizes of 10").isEmpty();
    assertThat(relations(rule, square(47, 50))).as("1 of 3 pixels counts").isEmpty();
    assertThat(relations(rule, square(45, 50)))
        .as("3 of 5 count")
        .containsExactly(LEFT_OF, NEXT_TO);
    assertThat(relations(rule, square(80, 80))).containsExactly(RIGHT_OF, BELOW, NEXT_TO);
    assertThat(relations(rule, square(50, 20))).containsExactly(ABOVE);
  }

  @Test
  void edgesDecideForHrs() {
    RelationRule rule = new EdgeOrder();
    PixelBox wide = new PixelBox(30, 45, 70, 55);
    PixelBox small = new PixelBox(46, 46, 54, 54);

    assertThat(relations(rule, wide)).containsExactly(LEFT_OF, RIGHT_OF, NEXT_TO, LARGER_THAN);
    assertThat(relations(rule, small)).containsExactly(ABOVE, BELOW, SMALLER_THAN);
  }

  private static List<Relation> relations(RelationRule rule, PixelBox box) {
    return Arrays.stream(Relation.values())
        .filter(relation -> rule.holds(relation, box, CENTRE))
        .toList();
  }

  /** Returns a square of 10x10 pixels. */
  private static PixelBox square(double x, double y) {
    return new PixelBox(x - 5, y - 5, x + 5, y + 5);
  }
}
