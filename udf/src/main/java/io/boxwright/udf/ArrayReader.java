package io.boxwright.udf;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.util.ArrayData;

/** A reader of Spark's arrays. Elements may be null; arrays are not. */
final class ArrayReader {

  private ArrayReader() {}

  /** Reads texts. */
  static List<String> readStrings(ArrayData array) {
    return read(array, place -> array.getUTF8String(place).toString());
  }

  /** Reads numbers, which Spark casts to double before. */
  static List<Number> readNumbers(ArrayData array) {
    return read(array, array::getDouble);
  }

  /** Reads lists of numbers. */
  static List<List<Number>> readNumberLists(ArrayData array) {
    return read(array, place -> readNumbers(array.getArray(place)));
  }

  /**
   * Reads an array.
   *
   * @param element the function that reads the element at a place; it is not called where it is
   *     null
   */
  static <T> List<T> read(ArrayData array, IntFunction<T> element) {
    return IntStream.range(0, array.numElements())
        .mapToObj(place -> array.isNullAt(place) ? null : element.apply(place))
        .toList();
  }
}
