package io.boxwright.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Which columns of a prompt table hold what. Number types that lose nothing on the way to the
 * wanted one are accepted; columns of other names are none of our business and pass through. As
 * Spark does not tell {@code ID} from {@code id}, our names have to be spelled as here.
 *
 * @param columns names of all columns, in order
 */
record PromptSchema(List<String> columns) implements Serializable {

  /** What names of columns begin with that pass through a run and are in no table. */
  private static final String INNER_COLUMNS = "_boxwright_";

  /** What Spark calls the place of a row in its file. */
  private static final Set<String> SPARK_COLUMNS = Set.of("_metadata", "_tmp_metadata_row_index");

  private static final Set<String> NAMES =
      Set.of("prompt", "negative_prompt", "id", "seed", "phrases", "bboxes", "token_indices");

  /**
   * Checks a table's columns.
   *
   * @throws IllegalArgumentException such as "Invalid bboxes column: ...", naming the first column
   *     that is missing, of a wrong type, or in the way
   */
  static PromptSchema of(StructType schema) {
    List<String> columns = Arrays.asList(schema.fieldNames());
    columns.forEach(PromptSchema::checkName);
    if (!columns.contains("prompt")) {
      throw invalid("prompt", "it is missing; the table has " + String.join(", ", columns));
    }
    for (StructField field : schema.fields()) {
      checkType(field);
    }
    checkLayoutColumns(columns);
    return new PromptSchema(List.copyOf(columns));
  }

  /**
   * Checks that a table has no column that only we make.
   *
   * @throws IllegalArgumentException naming the column
   */
  static void requireNoInnerColumns(StructType schema) {
    for (String column : schema.fieldNames()) {
      String name = column.toLowerCase(Locale.ROOT);
      if (name.startsWith(INNER_COLUMNS)) {
        throw invalid(column, "names that begin with " + INNER_COLUMNS + " are ours; rename it");
      }
      if (SPARK_COLUMNS.contains(name)) {
        throw invalid(column, "Spark has a column of that name itself; rename it");
      }
    }
  }

  /** The place of a column, or -1. */
  int index(String column) {
    return columns.indexOf(column);
  }

  private static void checkName(String column) {
    String name = column.toLowerCase(Locale.ROOT);
    if (NAMES.contains(name) && !column.equals(name)) {
      throw invalid(column, "its name must be spelled " + name);
    }
    if (Set.of(ImageTableSchema.resultColumns()).contains(name)) {
      throw invalid(column, "the image table has a column of that name itself; rename it");
    }
  }

  private static void checkType(StructField field) {
    DataType type = field.dataType();
    switch (field.name()) {
      case "prompt", "negative_prompt" -> require(field, type instanceof StringType, "string");
      case "id" -> require(field, type instanceof StringType || isInteger(type), "string");
      case "seed" -> require(field, isInteger(type), "bigint");
      case "phrases" ->
          require(field, isArray(type, StringType.class::isInstance), "array<string>");
      case "bboxes" ->
          require(
              field,
              isArray(type, inner -> isArray(inner, NumericType.class::isInstance)),
              "array<array<double>>, (x_min, y_min, x_max, y_max) for each box");
      case "token_indices" ->
          require(
              field,
              isArray(type, inner -> isArray(inner, PromptSchema::isInteger)),
              "array<array<int>>, one list for each box");
      default -> {}
    }
  }

  private static void checkLayoutColumns(List<String> columns) {
    boolean named = columns.contains("token_indices") || columns.contains("phrases");
    if (columns.contains("bboxes") && !named) {
      throw invalid("token_indices", "it is missing; bboxes need token_indices or phrases");
    }
    if (named && !columns.contains("bboxes")) {
      throw invalid("bboxes", "it is missing; token_indices and phrases need bboxes");
    }
  }

  private static void require(StructField field, boolean valid, String wanted) {
    if (!valid) {
      throw invalid(
          field.name(),
          "it is %s, but must be %s".formatted(field.dataType().catalogString(), wanted));
    }
  }

  private static IllegalArgumentException invalid(String column, String problem) {
    return new IllegalArgumentException("Invalid %s column: %s".formatted(column, problem));
  }

  private static boolean isArray(DataType type, Predicate<DataType> element) {
    return type instanceof ArrayType array && element.test(array.elementType());
  }

  private static boolean isInteger(DataType type) {
    return type instanceof LongType
        || type instanceof IntegerType
        || type instanceof ShortType
        || type instanceof ByteType;
  }
}
