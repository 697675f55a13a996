package io.boxwright.udf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A function with fixed parameters. Spark casts arguments of other number types, and an untyped
 * {@code NULL} fits everywhere.
 *
 * @param <R> the type of its result, in Spark's internal form
 */
abstract class SqlFunction<R> implements UnboundFunction, ScalarFunction<R> {

  private static final long serialVersionUID = 1;

  private final String name;
  private final StructType parameters;
  private final DataType resultType;

  /**
   * Makes a function.
   *
   * @param name the name in small letters
   * @param parameters names and types, such as {@code prompt STRING, phrases ARRAY<STRING>}
   * @param resultType the type of its result
   */
  SqlFunction(String name, String parameters, DataType resultType) {
    this.name = name;
    this.parameters = StructType.fromDDL(parameters);
    this.resultType = resultType;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String description() {
    return name + describeParameters();
  }

  /**
   * Checks the types of a call's arguments.
   *
   * @return this
   * @throws UnsupportedOperationException listing the function's parameters; Spark adds its name
   *     and the arguments
   */
  @Override
  public final BoundFunction bind(StructType arguments) {
    boolean fit = arguments.length() == parameters.length();
    for (int i = 0; fit && i < parameters.length(); i++) {
      fit = fits(arguments.apply(i).dataType(), parameters.apply(i).dataType());
    }
    if (!fit) {
      throw new UnsupportedOperationException("it takes " + describeParameters());
    }
    return this;
  }

  @Override
  public final DataType[] inputTypes() {
    return Arrays.stream(parameters.fields()).map(StructField::dataType).toArray(DataType[]::new);
  }

  @Override
  public final DataType resultType() {
    return resultType;
  }

  /** Reads the texts of an array; an array that is null has none. */
  static List<String> readStrings(InternalRow arguments, int place) {
    List<String> strings = new ArrayList<>();
    if (!arguments.isNullAt(place)) {
      ArrayData array = arguments.getArray(place);
      for (int i = 0; i < array.numElements(); i++) {
        strings.add(array.isNullAt(i) ? null : array.getUTF8String(i).toString());
      }
    }
    return strings;
  }

  private String describeParameters() {
    return Arrays.stream(parameters.fields())
        .map(parameter -> parameter.name() + " " + parameter.dataType().sql())
        .collect(Collectors.joining(", ", "(", ")"));
  }

  /** Returns whether Spark casts every value of a type to the other one, by itself and safely. */
  private static boolean fits(DataType given, DataType wanted) {
    if (given instanceof ArrayType givenArray && wanted instanceof ArrayType wantedArray) {
      return fits(givenArray.elementType(), wantedArray.elementType());
    }
    return given.equals(wanted)
        || given.equals(DataTypes.NullType)
        || given instanceof NumericType && wanted instanceof NumericType
        || given instanceof StringType && wanted instanceof StringType;
  }
}
