package io.boxwright.job.evaluation;

import static org.apache.spark.sql.types.DataTypes.ByteType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.ShortType;

import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of an image table that an evaluation reads and that come from the prompt table, so
 * that they may have any type.
 */
public final class InputColumns {

  /** The column of what an image must show. */
  public static final String EXPECTED = "expected";

  private static final String CATEGORY = "category";
  private static final String LABEL = "label";
  private static final Set<String> TEXTS = Set.of(LABEL, "color", "relation");
  private static final Set<String> NUMBERS = Set.of("min_count", "max_count", "relative_to");

  private InputColumns() {}

  /** Describes the first column or field that cannot be read; empty if all can. */
  public static Optional<String> findProblem(StructType table) {
    for (StructField column : table.fields()) {
      Optional<String> problem =
          switch (column.name()) {
            case CATEGORY -> findProblemOfCategory(column.dataType());
            case EXPECTED -> findProblemOfExpected(column.dataType());
            default -> Optional.empty();
          };
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> findProblemOfCategory(DataType type) {
    return isNested(type) ? describe(CATEGORY, type, "a text") : Optional.empty();
  }

  private static Optional<String> findProblemOfExpected(DataType type) {
    if (!(type instanceof ArrayType list && list.elementType() instanceof StructType thing)) {
      return describe(EXPECTED, type, "an array of structs");
    }
    if (!Set.of(thing.fieldNames()).contains(LABEL)) {
      return Optional.of("%s has no field %s".formatted(EXPECTED, LABEL));
    }
    for (StructField field : thing.fields()) {
      String name = EXPECTED + "." + field.name();
      if (TEXTS.contains(field.name()) && isNested(field.dataType())) {
        return describe(name, field.dataType(), "a text");
      }
      if (NUMBERS.contains(field.name()) && !isNumber(field.dataType())) {
        return describe(name, field.dataType(), "a whole number");
      }
    }
    return Optional.empty();
  }

  private static boolean isNested(DataType type) {
    return type instanceof ArrayType || type instanceof StructType || type instanceof MapType;
  }

  /**
   * Returns whether a type holds whole numbers; pandas turns those of columns with holes to
   * doubles.
   */
  private static boolean isNumber(DataType type) {
    return type.equals(ByteType)
        || type.equals(ShortType)
        || type.equals(IntegerType)
        || type.equals(LongType)
        || type.equals(DoubleType);
  }

  private static Optional<String> describe(String name, DataType type, String wanted) {
    return Optional.of("%s is %s, it must be %s".formatted(name, type.catalogString(), wanted));
  }
}
