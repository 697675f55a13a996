package io.boxwright.job.evaluation;

import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.util.List;
import java.util.Map;
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
  private static final List<DataType> TEXT = List.of(StringType);
  private static final List<DataType> NUMBER = List.of(IntegerType, LongType);

  /** The types of the fields of a struct of {@link #EXPECTED}. */
  private static final Map<String, List<DataType>> FIELDS =
      Map.of(
          LABEL,
          TEXT,
          "min_count",
          NUMBER,
          "max_count",
          NUMBER,
          "color",
          TEXT,
          "relation",
          TEXT,
          "relative_to",
          NUMBER);

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
    boolean nested =
        type instanceof ArrayType || type instanceof StructType || type instanceof MapType;
    return nested ? describe(CATEGORY, type, "a text") : Optional.empty();
  }

  private static Optional<String> findProblemOfExpected(DataType type) {
    if (!(type instanceof ArrayType list && list.elementType() instanceof StructType thing)) {
      return describe(EXPECTED, type, "an array of structs");
    }
    if (!Set.of(thing.fieldNames()).contains(LABEL)) {
      return Optional.of("%s has no field %s".formatted(EXPECTED, LABEL));
    }
    for (StructField field : thing.fields()) {
      List<DataType> wanted = FIELDS.get(field.name());
      if (wanted != null && !wanted.contains(field.dataType())) {
        return describe(
            EXPECTED + "." + field.name(), field.dataType(), wanted.get(0).catalogString());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> describe(String name, DataType type, String wanted) {
    return Optional.of("%s is %s, it must be %s".formatted(name, type.catalogString(), wanted));
  }
}
