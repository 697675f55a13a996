package io.boxwright.job.figures;

/**
 * The rule of NSR-1K: the line between the centres points left, right, up or down by less than 45
 * degrees. A diagonal is no relation. Next to is left or right.
 */
final class CentroidQuadrant implements RelationRule {

  private static final double LIMIT = Math.sqrt(2) / 2;

  @Override
  public boolean holds(Relation relation, PixelBox first, PixelBox second) {
    double x = first.centreX() - second.centreX();
    double y = first.centreY() - second.centreY();
    double distance = Math.hypot(x, y);
    if (distance == 0) {
      return false;
    }
    double cosine = x / distance;
    double sine = y / distance;
    return switch (relation) {
      case LEFT_OF -> cosine < -LIMIT;
      case RIGHT_OF -> cosine > LIMIT;
      case ABOVE -> sine < -LIMIT;
      case BELOW -> sine > LIMIT;
      case NEXT_TO -> Math.abs(cosine) > LIMIT;
      case LARGER_THAN, SMALLER_THAN -> false;
    };
  }
}
