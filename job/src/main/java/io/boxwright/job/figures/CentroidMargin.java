package io.boxwright.job.figures;

/**
 * The rule of GenEval: the offset of the centres, less a tenth of the sum of both sizes, divided by
 * the length of the whole offset, is more than a half in the right direction. A box can be, say,
 * both left of another one and above it. Next to is left or right.
 */
final class CentroidMargin implements RelationRule {

  private static final double SIZE_SHARE = 0.1;
  private static final double LEAST_PART = 0.5;
  private static final double SMALLEST_OFFSET = 1e-3;

  @Override
  public boolean holds(Relation relation, PixelBox first, PixelBox second) {
    double x = first.centreX() - second.centreX();
    double y = first.centreY() - second.centreY();
    double shortX = shorten(x, first.width() + second.width());
    double shortY = shorten(y, first.height() + second.height());
    if (Math.abs(shortX) < SMALLEST_OFFSET && Math.abs(shortY) < SMALLEST_OFFSET) {
      return false;
    }
    double partX = shortX / Math.hypot(x, y);
    double partY = shortY / Math.hypot(x, y);
    return switch (relation) {
      case LEFT_OF -> partX < -LEAST_PART;
      case RIGHT_OF -> partX > LEAST_PART;
      case ABOVE -> partY < -LEAST_PART;
      case BELOW -> partY > LEAST_PART;
      case NEXT_TO -> Math.abs(partX) > LEAST_PART;
      case LARGER_THAN, SMALLER_THAN -> false;
    };
  }

  private static double shorten(double offset, double sizes) {
    return Math.signum(offset) * Math.max(Math.abs(offset) - SIZE_SHARE * sizes, 0);
  }
}
