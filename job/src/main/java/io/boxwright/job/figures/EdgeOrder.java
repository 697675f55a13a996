package io.boxwright.job.figures;

/**
 * The rule of HRS: a box is right of another one if its right edge is further right, left if its
 * left edge is further left, above if its top or its bottom edge is higher, and below if one of
 * them is lower. Next to is left or right. Sizes are areas.
 */
final class EdgeOrder implements RelationRule {

  @Override
  public boolean holds(Relation relation, PixelBox first, PixelBox second) {
    return switch (relation) {
      case LEFT_OF -> first.xMin() < second.xMin();
      case RIGHT_OF -> first.xMax() > second.xMax();
      case ABOVE -> first.yMin() < second.yMin() || first.yMax() < second.yMax();
      case BELOW -> first.yMax() > second.yMax() || first.yMin() > second.yMin();
      case NEXT_TO ->
          holds(Relation.LEFT_OF, first, second) || holds(Relation.RIGHT_OF, first, second);
      case LARGER_THAN -> first.area() > second.area();
      case SMALLER_THAN -> first.area() < second.area();
    };
  }
}
