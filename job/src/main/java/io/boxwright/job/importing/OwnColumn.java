package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * A column of the benchmark's own, with the narrowest type that holds all digits of its values.
 * Lists and objects become JSON text.
 *
 * @param name the name of the column
 * @param kind the type of its values
 */
record OwnColumn(String name, Kind kind) {

  /** The type of a column. */
  enum Kind {
    /** A whole number of 64 bits. */
    LONG,
    DOUBLE,
    BOOLEAN,
    TEXT
  }

  /**
   * Chooses the type.
   *
   * @param values all values; null where a row has none
   */
  static OwnColumn of(String name, List<JsonNode> values) {
    List<JsonNode> given = values.stream().filter(OwnColumn::isGiven).toList();
    Kind kind = Kind.TEXT;
    if (!given.isEmpty()) {
      if (given.stream().allMatch(value -> value.isIntegralNumber() && value.canConvertToLong())) {
        kind = Kind.LONG;
      } else if (given.stream().allMatch(OwnColumn::isDouble)) {
        kind = Kind.DOUBLE;
      } else if (given.stream().allMatch(JsonNode::isBoolean)) {
        kind = Kind.BOOLEAN;
      }
    }
    return new OwnColumn(name, kind);
  }

  private static boolean isGiven(JsonNode value) {
    return value != null && !value.isNull();
  }

  /** Returns whether a double has all digits of a number. */
  private static boolean isDouble(JsonNode value) {
    if (value.isDouble() || value.isFloat()) { // of Parquet, or not a number
      return true;
    }
    double number = value.doubleValue();
    return value.isNumber()
        && Double.isFinite(number)
        && new BigDecimal(Double.toString(number)).compareTo(value.decimalValue()) == 0;
  }

  /** Returns the column of the Parquet file, which may be null. */
  Type type() {
    return switch (kind) {
      case LONG -> Types.optional(PrimitiveTypeName.INT64).named(name);
      case DOUBLE -> Types.optional(PrimitiveTypeName.DOUBLE).named(name);
      case BOOLEAN -> Types.optional(PrimitiveTypeName.BOOLEAN).named(name);
      case TEXT ->
          Types.optional(PrimitiveTypeName.BINARY)
              .as(LogicalTypeAnnotation.stringType())
              .named(name);
    };
  }

  /**
   * Adds a value to a row.
   *
   * @param value one of the values that the type was chosen for
   */
  void add(JsonNode value, Group row) {
    if (!isGiven(value)) {
      return;
    }
    switch (kind) {
      case LONG -> row.add(name, value.longValue());
      case DOUBLE -> row.add(name, value.doubleValue());
      case BOOLEAN -> row.add(name, value.booleanValue());
      case TEXT -> row.add(name, value.isValueNode() ? value.asText() : value.toString());
    }
  }
}
