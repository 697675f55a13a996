package io.boxwright.udf;

import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.RelativeBoxes;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;

/** The function {@code box_iou(a, b)}, which gives the intersection over union of two boxes. */
final class BoxIou extends SqlFunction<Double> {

  private static final long serialVersionUID = 1;

  BoxIou() {
    super(
        "box_iou",
        "a ARRAY<DOUBLE>, b ARRAY<DOUBLE>",
        DataTypes.DoubleType,
        "The area that both boxes cover divided by the area that at least one covers. A box is"
            + " x_min, y_min, x_max, y_max, each 0 to 1");
  }

  /**
   * Compares two boxes, each x_min, y_min, x_max, y_max, 0..1, origin top left.
   *
   * @return 0..1; null if a box is null
   * @throws IllegalArgumentException naming the box that is wrong, {@code a} or {@code b}
   */
  @Override
  public Double produceResult(InternalRow arguments) {
    return arguments.anyNull()
        ? null
        : (Double) readBox("a", arguments, 0).intersectionOverUnion(readBox("b", arguments, 1));
  }

  private static BoundingBox readBox(String name, InternalRow arguments, int place) {
    return RelativeBoxes.readOne(name, ArrayReader.readNumbers(arguments.getArray(place)));
  }
}
