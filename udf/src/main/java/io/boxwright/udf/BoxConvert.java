package io.boxwright.udf;

import io.boxwright.diffusion.layout.BoxForm;
import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataTypes;

/**
 * The function {@code box_convert(box, form, width, height)}, which gives a box of pixels the form
 * of prompt tables.
 */
final class BoxConvert extends SqlFunction<ArrayData> {

  private static final long serialVersionUID = 1;

  BoxConvert() {
    super(
        "box_convert",
        "box ARRAY<DOUBLE>, form STRING, width DOUBLE, height DOUBLE",
        DataTypes.createArrayType(DataTypes.DoubleType, false),
        "A box as x_min, y_min, x_max, y_max, each divided by the size of its image. form is xyxy"
            + " (edges), xywh (left, top, width, height) or cxcywh (centre, width, height)");
  }

  /**
   * Converts a box. Its numbers are in the unit of {@code width} and {@code height}, the size of
   * its image; a size of 1 and 1 stands for numbers that are relative already.
   *
   * @return x_min, y_min, x_max, y_max. They are outside 0..1 if the box leaves its image: nothing
   *     is cut off. Null if an argument is null
   * @throws IllegalArgumentException naming the form that does not exist, the size that is not
   *     greater than 0, or the box without four finite numbers or with an edge too large for one
   */
  @Override
  public ArrayData produceResult(InternalRow arguments) {
    if (arguments.anyNull()) {
      return null;
    }
    List<Number> box = readBox(arguments.getArray(0));
    BoxForm form = BoxForm.of(arguments.getUTF8String(1).toString());
    double width = readSide("width", arguments.getDouble(2));
    double height = readSide("height", arguments.getDouble(3));
    double[] edges =
        form.toEdges(
            box.get(0).doubleValue(),
            box.get(1).doubleValue(),
            box.get(2).doubleValue(),
            box.get(3).doubleValue());
    double[] relative = {edges[0] / width, edges[1] / height, edges[2] / width, edges[3] / height};
    if (!Arrays.stream(relative).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "Invalid box %s: its numbers are too large".formatted(box));
    }
    return new GenericArrayData(relative);
  }

  private static List<Number> readBox(ArrayData array) {
    List<Number> box = ArrayReader.readNumbers(array);
    if (box.size() != 4) {
      throw new IllegalArgumentException(
          "Invalid box %s: %s, but a box has 4"
              .formatted(Printable.value(box), Count.of(box.size(), "number")));
    }
    if (box.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException("Invalid box %s: it has a null".formatted(box));
    }
    if (!box.stream().mapToDouble(Number::doubleValue).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "Invalid box %s: its numbers must be finite".formatted(box));
    }
    return box;
  }

  private static double readSide(String name, double pixels) {
    if (!(pixels > 0 && Double.isFinite(pixels))) {
      throw new IllegalArgumentException(
          "Invalid %s: %s, it must be greater than 0".formatted(name, pixels));
    }
    return pixels;
  }
}
