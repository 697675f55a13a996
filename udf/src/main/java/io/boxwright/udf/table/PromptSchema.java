package io.boxwright.udf.table;

import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.boxwright.text.Printable;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a prompt table. Number types that convert to the usual type without loss are
 * accepted. Columns with other names pass through. Our names must be spelled as here, because Spark
 * does not distinguish {@code ID} from {@code id}.
 *
 * @param columns the names of all columns, in order
 */
public record PromptSchema(List<String> columns) implements Serializable {

  /** The start of the names of columns that exist only during a run and are in no table. */
  private static final String INNER_COLUMNS = "_boxwright_";

  /** Spark's names for the place of a row in its file. */
  private static final Set<String> SPARK_COLUMNS = Set.of("_metadata", "_tmp_metadata_row_index");

  /** Our columns with their usual types. */
  private static final Map<String, DataType> USUAL_TYPES =
      Map.of(
          "prompt", DataTypes.StringType,
          "negative_prompt", DataTypes.StringType,
          "id", DataTypes.StringType,
          "seed", DataTypes.LongType,
          "phrases", createArrayType(DataTypes.StringType),
          "bboxes", createArrayType(createArrayType(DataTypes.DoubleType)),
          "token_indices", createArrayType(createArrayType(DataTypes.LongType)));

  /**
   * Checks a table's columns.
   *
   * @throws IllegalArgumentException such as "Invalid bboxes column: ...", naming all columns with
   *     names of the image table's own columns, otherwise the first column that is missing,
   *     misspelt or of a wrong type
   */
  public static PromptSchema of(StructType schema) {
    List<String> columns = Arrays.asList(schema.fieldNames());
    requireNoReserved(columns);
    columns.forEach(PromptSchema::checkName);
    if (!columns.contains("prompt")) {
      throw invalid("prompt", "it is missing; the table has " + joinNames(columns));
    }
    for (StructField field : schema.fields()) {
      checkType(field);
    }
    ColumnSpelling.check(columns);
    checkLayoutColumns(columns);
    return new PromptSchema(List.copyOf(columns));
  }

  /**
   * Checks that a table has no column that only Boxwright or Spark makes.
   *
   * @throws IllegalArgumentException naming the column
   */
  static void requireNoInnerColumns(Collection<String> columns) {
    for (String column : columns) {
      String name = column.toLowerCase(Locale.ROOT);
      if (name.startsWith(INNER_COLUMNS)) {
        throw invalid(
            column, "names that begin with " + INNER_COLUMNS + " are reserved; rename it");
      }
      if (SPARK_COLUMNS.contains(name)) {
        throw invalid(column, "Spark has a column of that name itself; rename it");
      }
    }
  }

  /** Returns the index of a column, or -1 if the table lacks it. */
  public int index(String column) {
    return columns.indexOf(column);
  }

  private static void checkName(String column) {
    String name = column.toLowerCase(Locale.ROOT);
    if (isPromptColumn(name) && !column.equals(name)) {
      throw invalid(column, "its name must be spelled " + name);
    }
  }

  private static void requireNoReserved(List<String> columns) {
    List<String> reserved = columns.stream().filter(PromptSchema::isReserved).toList();
    if (!reserved.isEmpty()) {
      throw new IllegalArgumentException(
          "Invalid columns: the image table has columns of its own named %s; rename them"
              .formatted(joinNames(reserved)));
    }
  }

  private static String joinNames(List<String> columns) {
    return columns.stream().map(Printable::name).collect(Collectors.joining(", "));
  }

  /** Returns whether the image table has its own column of this name. */
  static boolean isReserved(String column) {
    return Set.of(ImageTableSchema.resultColumns()).contains(column.toLowerCase(Locale.ROOT));
  }

  /** Returns whether a column is one of ours. */
  static boolean isPromptColumn(String name) {
    return USUAL_TYPES.containsKey(name);
  }

  /** Returns the usual type of one of our columns; null for other columns. */
  static DataType usualType(String name) {
    return USUAL_TYPES.get(name);
  }

  private static void checkType(StructField field) {
    if (isPromptColumn(field.name()) && !isValid(field.name(), field.dataType())) {
      String wanted = usualType(field.name()).catalogString();
      String meaning =
          switch (field.name()) {
            case "bboxes" -> ", (x_min, y_min, x_max, y_max) for each box";
            case "token_indices" -> ", one list for each box";
            default -> "";
          };
      throw invalid(
          field.name(),
          "it is %s, but must be %s%s"
              .formatted(field.dataType().catalogString(), wanted, meaning));
    }
  }

  /** Returns whether one of our columns may have a type; other columns may have any type. */
  static boolean isValid(String name, DataType type) {
    return switch (name) {
      case "prompt", "negative_prompt" -> type instanceof StringType;
      case "id" -> type instanceof StringType || isInteger(type);
      case "seed" -> isInteger(type);
      case "phrases" -> isArray(type, StringType.class::isInstance);
      case "bboxes" -> isArray(type, inner -> isArray(inner, NumericType.class::isInstance));
      case "token_indices" -> isArray(type, inner -> isArray(inner, PromptSchema::isInteger));
      default -> true;
    };
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

  private static IllegalArgumentException invalid(String column, String problem) {
    return new IllegalArgumentException(
        "Invalid %s column: %s".formatted(Printable.name(column), problem));
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
