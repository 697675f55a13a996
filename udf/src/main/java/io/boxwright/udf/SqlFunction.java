package io.boxwright.udf;

import java.util.Arrays;
import java.util.stream.Collectors;
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
  private final String purpose;

  /**
   * Makes a function.
   *
   * @param name the name in small letters
   * @param parameters names and types, such as {@code prompt STRING, phrases ARRAY<STRING>}
   * @param resultType the type of its result
   * @param purpose the sentence that says what the function gives, without its full stop
   */
  SqlFunction(String name, String parameters, DataType resultType, String purpose) {
    this.name = name;
    this.parameters = StructType.fromDDL(parameters);
    this.resultType = resultType;
    this.purpose = purpose;
  }

  @Override
  public final String name() {
    return name;
  }

  /** Returns the name, the parameters, the type of the result and the purpose. */
  @Override
  public final String description() {
    return "%s%s: %s. %s.".formatted(name, describeParameters(), resultType.sql(), purpose);
  }

  /**
   * Checks the types of a call's arguments.
   *
   * @return this
   * @throws UnsupportedOperationException with the function's parameters and purpose, because
   *     Spark's {@code DESCRIBE FUNCTION} knows no functions of catalogs; Spark adds the name and
   *     the arguments
   */
  @Override
  public final BoundFunction bind(StructType arguments) {
    if (!takes(arguments)) {
      throw new UnsupportedOperationException(
          "it takes %s. %s".formatted(describeParameters(), purpose));
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

  /** Returns whether the arguments of a call fit the parameters. */
  final boolean takes(StructType arguments) {
    boolean fit = arguments.length() == parameters.length();
    for (int i = 0; fit && i < parameters.length(); i++) {
      fit = fits(arguments.apply(i).dataType(), parameters.apply(i).dataType());
    }
    return fit;
  }

  /** Returns the sentence that says what the function gives, without its full stop. */
  final String purpose() {
    return purpose;
  }

  /** Returns names and types of the parameters, in brackets. */
  final String describeParameters() {
    return Arrays.stream(parameters.fields())
        .map(parameter -> parameter.name() + " " + parameter.dataType().sql())
        .collect(Collectors.joining(", ", "(", ")"));
  }

  /** Returns whether Spark casts every value of a type to the other one, by itself and safely. */
  private static boolean fits(DataType given, DataType wanted) {
    if (given instanceof ArrayType givenArray && wanted instanceof ArrayType wantedArray) {
      return fits(givenArray.elementType(), wantedArray.elementType());
    }
    return given.catalogString().equals(wanted.catalogString()) // structs may differ in nullability
        || given.equals(DataTypes.NullType)
        || given instanceof NumericType && wanted instanceof NumericType
        || given instanceof StringType && wanted instanceof StringType;
  }
}
