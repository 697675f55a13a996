package io.boxwright.job.figures;

/**
 * The rule of VISOR and LMD: the centres lie on different sides, however near they are. Next to is
 * left or right.
 */
final class CentroidOrder implements RelationRule {

  @Override
  public boolean holds(Relation relation, PixelBox first, PixelBox second) {
    return switch (relation) {
      case LEFT_OF -> first.centreX() < second.centreX();
      case RIGHT_OF -> first.centreX() > second.centreX();
      case ABOVE -> first.centreY() < second.centreY();
      case BELOW -> first.centreY() > second.centreY();
      case NEXT_TO -> first.centreX() != second.centreX();
      case LARGER_THAN -> first.area() > second.area();
      case SMALLER_THAN -> first.area() < second.area();
    };
  }
}
