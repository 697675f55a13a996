package io.boxwright.job.output;

import io.boxwright.files.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * The SHA-256 of rows, in their order, with all their values. Rows that are written and read again
 * give the same digest.
 */
public final class RowDigest {

  private static final byte NULL = 0;
  private static final byte PRESENT = 1;

  private final StructType schema;
  private final MessageDigest digest = Sha256.digest();
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

  /** Starts a digest of rows of a schema; values after its last column do not count. */
  public RowDigest(StructType schema) {
    this.schema = schema;
  }

  /** Adds a row. */
  public void add(InternalRow row) {
    addStruct(row, schema);
  }

  /**
   * Returns the digest of all rows so far as 64 hexadecimal digits; the next row begins a new one.
   */
  public String hex() {
    return Sha256.hex(digest);
  }

  /** Returns the digest of one value of a row; equal values have equal digests. */
  public static String of(InternalRow row, int place, DataType type) {
    RowDigest digest = new RowDigest(new StructType());
    digest.addValue(row, place, type);
    return digest.hex();
  }

  private void addStruct(InternalRow row, StructType type) {
    for (int i = 0; i < type.length(); i++) {
      addValue(row, i, type.apply(i).dataType());
    }
  }

  private void addValue(SpecializedGetters values, int place, DataType type) {
    if (values.isNullAt(place)) {
      digest.update(NULL);
      return;
    }
    digest.update(PRESENT);
    if (type instanceof StructType struct) {
      addStruct(values.getStruct(place, struct.length()), struct);
    } else if (type instanceof ArrayType array) {
      addArray(values.getArray(place), array.elementType());
    } else if (type instanceof MapType map) {
      MapData entries = values.getMap(place);
      addArray(entries.keyArray(), map.keyType());
      addArray(entries.valueArray(), map.valueType());
    } else if (type instanceof StringType) {
      addBytes(values.getUTF8String(place).getBytes());
    } else if (type instanceof BinaryType) {
      addBytes(values.getBinary(place));
    } else if (type instanceof IntegerType) {
      addNumber(values.getInt(place));
    } else if (type instanceof LongType) {
      addNumber(values.getLong(place));
    } else if (type instanceof FloatType) {
      addNumber(Float.floatToIntBits(values.getFloat(place)));
    } else if (type instanceof DoubleType) {
      addNumber(Double.doubleToLongBits(values.getDouble(place)));
    } else { // dates, decimals and so on differ in their texts
      addBytes(values.get(place, type).toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private void addArray(ArrayData array, DataType elementType) {
    addNumber(array.numElements());
    for (int i = 0; i < array.numElements(); i++) {
      addValue(array, i, elementType);
    }
  }

  private void addBytes(byte[] bytes) {
    addNumber(bytes.length);
    digest.update(bytes);
  }

  private void addNumber(long value) {
    digest.update(number.clear().putLong(value).array());
  }
}
