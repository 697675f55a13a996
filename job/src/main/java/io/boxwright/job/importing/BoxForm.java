package io.boxwright.job.importing;

/** The meaning of the four numbers of a box. */
public enum BoxForm {
  /** The left, top, right and bottom edge. */
  XYXY,
  /** The left and top edge, the width and the height. */
  XYWH,
  /** The centre, the width and the height. */
  CXCYWH;

  /** Returns the left, top, right and bottom edge of a box of this form, in the same unit. */
  double[] toEdges(double first, double second, double third, double fourth) {
    return switch (this) {
      case XYXY -> new double[] {first, second, third, fourth};
      case XYWH -> new double[] {first, second, first + third, second + fourth};
      case CXCYWH ->
          new double[] {
            first - third / 2, second - fourth / 2, first + third / 2, second + fourth / 2
          };
    };
  }
}
