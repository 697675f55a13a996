package io.boxwright.udf;

import java.awt.Dimension;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The function {@code image_size(image_bytes)}, which gives the size of a picture in pixels. */
final class ImageSize extends SqlFunction<InternalRow> {

  private static final long serialVersionUID = 1;

  ImageSize() {
    super(
        "image_size",
        "image_bytes BINARY",
        new StructType()
            .add("width", DataTypes.IntegerType, false)
            .add("height", DataTypes.IntegerType, false),
        "The width and height of a picture in pixels, from its header alone");
  }

  /**
   * Reads the header of a picture that is PNG, JPEG or another format that Java reads.
   *
   * @return width and height in pixels; null if there is no picture
   * @throws IllegalArgumentException naming the problem of the picture
   */
  @Override
  public InternalRow produceResult(InternalRow arguments) {
    if (arguments.isNullAt(0)) {
      return null;
    }
    Dimension size = ImageDecoder.size(arguments.getBinary(0));
    return new GenericInternalRow(new Object[] {size.width, size.height});
  }
}
