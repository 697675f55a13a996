package io.boxwright.job.input;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * The conversion of a column that has several types to one of them. All expressions are Spark SQL.
 *
 * @param from the type in some files
 * @param to the type of the table's column
 */
record ColumnConversion(DataType from, DataType to) {

  /** The number up to which doubles hold every whole number exactly. */
  private static final long LARGEST_EXACT = 1L << 53;

  /** Returns whether there is nothing to convert: both types are the same. */
  boolean isNone() {
    return from.catalogString().equals(to.catalogString());
  }

  /** Writes an expression for the converted value. */
  String apply(String value) {
    return apply(value, from, to, 0);
  }

  private static String apply(String value, DataType from, DataType to, int depth) {
    if (from.catalogString().equals(to.catalogString())) {
      return value;
    }
    if (from instanceof ArrayType list && to instanceof ArrayType wanted) {
      return writeEach(
          "transform",
          value,
          depth,
          element -> apply(element, list.elementType(), wanted.elementType(), depth + 1));
    }
    boolean rounded = isFractional(from) && isWhole(to);
    String number = rounded ? "if(isnan(%1$s), null, %1$s)".formatted(value) : value;
    return "cast(%s as %s)".formatted(number, to.sql());
  }

  /** Writes a condition that is true if the conversion changes a value. */
  String loses(String value) {
    return loses(value, from, to, 0);
  }

  private static String loses(String value, DataType from, DataType to, int depth) {
    if (from instanceof ArrayType list && to instanceof ArrayType wanted) {
      return writeAny(
          value,
          depth,
          element -> loses(element, list.elementType(), wanted.elementType(), depth + 1));
    }
    String problem = "false";
    if (isFractional(from) && isWhole(to)) {
      problem =
          "not isnan(%1$s) and (abs(%1$s) > %2$d or %1$s != floor(%1$s))"
              .formatted(value, LARGEST_EXACT);
    } else if (from instanceof DecimalType && isWhole(to)) {
      problem =
          "%1$s > %2$d or %1$s < -%2$d or %1$s != floor(%1$s)".formatted(value, Long.MAX_VALUE);
    } else if (from instanceof LongType && to instanceof DoubleType) {
      problem = "abs(%s) > %d".formatted(value, LARGEST_EXACT);
    }
    return "coalesce(%s, false)".formatted(problem);
  }

  /**
   * Writes a condition that is true if an expression holds a value: no null, no list without
   * values.
   */
  static String holdsValue(String value, DataType type) {
    return holdsValue(value, type, 0);
  }

  private static String holdsValue(String value, DataType type, int depth) {
    if (type instanceof ArrayType list) {
      return writeAny(value, depth, element -> holdsValue(element, list.elementType(), depth + 1));
    }
    return isFractional(type)
        ? "(%1$s is not null and not isnan(%1$s))".formatted(value)
        : "(%s is not null)".formatted(value);
  }

  /** Writes an expression without any value in another type. Lists keep their lengths. */
  static String retype(String value, DataType from, DataType to) {
    return retype(value, from, to, 0);
  }

  private static String retype(String value, DataType from, DataType to, int depth) {
    if (from instanceof ArrayType list && to instanceof ArrayType wanted) {
      return writeEach(
          "transform",
          value,
          depth,
          element -> retype(element, list.elementType(), wanted.elementType(), depth + 1));
    }
    return "cast(null as %s)".formatted(to.sql());
  }

  private static String writeAny(String list, int depth, UnaryOperator<String> condition) {
    return "coalesce(%s, false)".formatted(writeEach("exists", list, depth, condition));
  }

  /**
   * Writes a call of a function over the elements of a list. Each depth names its elements
   * differently.
   */
  private static String writeEach(
      String function, String list, int depth, UnaryOperator<String> expression) {
    String element = "x" + depth;
    return "%s(%s, %s -> %s)".formatted(function, list, element, expression.apply(element));
  }

  /**
   * Finds the type that a column of several types gets, or of one type that is not the wanted one.
   *
   * @param column the column's name; columns of prompts have types of their own
   * @param types all types that hold values
   * @return nothing if there is no such type
   */
  static Optional<DataType> findCommonType(String column, Collection<DataType> types) {
    return switch (column) {
      case "prompt", "negative_prompt" ->
          types.stream().allMatch(ColumnConversion::isText)
              ? Optional.of(DataTypes.StringType)
              : Optional.empty();
      case "phrases" ->
          types.stream()
                  .allMatch(type -> type instanceof ArrayType list && isText(list.elementType()))
              ? Optional.of(DataTypes.createArrayType(DataTypes.StringType))
              : Optional.empty();
      case "id" ->
          types.stream().allMatch(ColumnConversion::isText)
              ? Optional.of(DataTypes.StringType)
              : findNumberType(types).or(() -> findTextType(types));
      case "seed" -> findNumberType(types);
      case "bboxes" -> findNestedType(types, DataTypes.DoubleType, NumericType.class::isInstance);
      case "token_indices" ->
          findNestedType(types, DataTypes.LongType, type -> type instanceof NumericType);
      default -> findMetadataType(types);
    };
  }

  /** Finds the type of whole numbers, whatever type of number stores them. */
  private static Optional<DataType> findNumberType(Collection<DataType> types) {
    if (types.stream().allMatch(ColumnConversion::isWhole)) {
      return Optional.of(findWidest(types));
    }
    return types.stream().allMatch(NumericType.class::isInstance)
        ? Optional.of(DataTypes.LongType)
        : Optional.empty();
  }

  private static Optional<DataType> findTextType(Collection<DataType> types) {
    return types.stream().allMatch(type -> isText(type) || isWhole(type))
        ? Optional.of(DataTypes.StringType)
        : Optional.empty();
  }

  private static Optional<DataType> findNestedType(
      Collection<DataType> types, DataType element, Predicate<DataType> accepted) {
    boolean valid =
        types.stream()
            .allMatch(
                type ->
                    type instanceof ArrayType list
                        && list.elementType() instanceof ArrayType inner
                        && accepted.test(inner.elementType()));
    return valid
        ? Optional.of(DataTypes.createArrayType(DataTypes.createArrayType(element)))
        : Optional.empty();
  }

  /**
   * Finds the type of a column that only passes through. Numbers get the wider type; lists, structs
   * and maps get none; everything else becomes text.
   */
  private static Optional<DataType> findMetadataType(Collection<DataType> types) {
    if (types.stream().allMatch(ColumnConversion::isWhole)) {
      return Optional.of(findWidest(types));
    }
    boolean plain = types.stream().allMatch(type -> isWhole(type) || isFractional(type));
    if (plain) {
      return Optional.of(DataTypes.DoubleType);
    }
    boolean nested =
        types.stream()
            .anyMatch(
                type ->
                    type instanceof ArrayType
                        || type instanceof StructType
                        || type instanceof MapType);
    return nested ? Optional.empty() : Optional.of(DataTypes.StringType);
  }

  private static DataType findWidest(Collection<DataType> types) {
    List<DataType> order =
        List.of(DataTypes.LongType, DataTypes.IntegerType, DataTypes.ShortType, DataTypes.ByteType);
    return order.stream().filter(types::contains).findFirst().orElseThrow();
  }

  private static boolean isText(DataType type) {
    return type instanceof StringType || type instanceof BinaryType;
  }

  private static boolean isWhole(DataType type) {
    return type instanceof LongType
        || type instanceof IntegerType
        || type instanceof ShortType
        || type instanceof ByteType;
  }

  private static boolean isFractional(DataType type) {
    return type instanceof DoubleType || type instanceof FloatType;
  }
}
