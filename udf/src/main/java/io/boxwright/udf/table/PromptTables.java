package io.boxwright.udf.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import io.boxwright.udf.generate.GuidedImageGenerator;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Checks and completions of prompt tables, before {@link GuidedImageGenerator} makes images. */
public final class PromptTables {

  /** A column with the number of earlier rows that have the id of a row. */
  static final String REPETITION = "_boxwright_repetition";

  private PromptTables() {}

  /**
   * Checks the columns of a prompt table that a person made.
   *
   * @throws IllegalArgumentException such as "Invalid bboxes column: ..."
   */
  public static void checkSchema(StructType prompts) {
    PromptSchema.of(prompts);
    requireNoInnerColumns(Arrays.asList(prompts.fieldNames()));
  }

  /**
   * Checks that a prompt table has no column that only Boxwright or Spark makes.
   *
   * @param columns the names of all columns
   * @throws IllegalArgumentException naming the column
   */
  public static void requireNoInnerColumns(Collection<String> columns) {
    PromptSchema.requireNoInnerColumns(columns);
  }

  /**
   * Looks for columns whose names are almost those of our columns that the table lacks, such as
   * {@code seeds}. Such columns are not read.
   *
   * @param columns the names of all columns of a table or of one of its files
   * @return a sentence for each such column, by its name
   * @throws IllegalArgumentException if the layout is lost without such a column, as with {@code
   *     boxes}
   */
  public static Map<String, String> checkSpelling(Collection<String> columns) {
    return ColumnSpelling.check(columns);
  }

  /** Returns whether a column is read for prompts and layouts, instead of only passing through. */
  public static boolean isPromptColumn(String name) {
    return PromptSchema.isPromptColumn(name);
  }

  /** Returns the usual type of a column that is read; null for other columns. */
  public static DataType usualType(String name) {
    return PromptSchema.usualType(name);
  }

  /** Returns whether a column that is read may have a type. */
  public static boolean isValidType(String name, DataType type) {
    return PromptSchema.isValid(name, type);
  }

  /** Finds the names that the image table needs for its own columns. */
  public static List<String> findReservedColumns(List<String> names) {
    return names.stream().filter(PromptSchema::isReserved).toList();
  }

  /**
   * Adds a column to a prompt table that marks the texts of its rows that are not UTF-8. {@link
   * GuidedImageGenerator#generate} does this itself. Call it earlier if code makes rows before, as
   * {@link Dataset#rdd} does, because a {@link Row} no longer has the wrong bytes.
   *
   * @throws IllegalArgumentException if the table's columns are wrong
   */
  public static Dataset<Row> markInvalidText(Dataset<Row> prompts) {
    PromptSchema.of(prompts.schema());
    return InvalidText.mark(prompts);
  }

  /**
   * Makes repeated rows of a prompt table differ in their ids, seeds and names of image files. The
   * first of equal rows stays as it is; later rows get other default ids and seeds. An id in the
   * table stays, but {@code image.path} and the default seed differ.
   *
   * @param positionColumn a column of the table that gives the order of the rows
   */
  public static Dataset<Row> tellApart(Dataset<Row> prompts, String positionColumn) {
    Dataset<Row> marked = markInvalidText(prompts);
    WindowSpec equal = Window.partitionBy(col(REPETITION)).orderBy(col(positionColumn));
    return marked
        .withColumn(REPETITION, makeId(marked))
        .withColumn(REPETITION, row_number().over(equal).minus(lit(1)));
  }

  /** Returns the ids of the rows of a prompt table, as {@link #addIdsAndSeeds} fills them in. */
  public static Dataset<Row> findIds(Dataset<Row> prompts) {
    Dataset<Row> marked = markInvalidText(prompts);
    return marked.select(makeId(marked));
  }

  private static Column makeId(Dataset<Row> marked) {
    PromptSchema columns = PromptSchema.of(marked.schema());
    UDF1<Row, String> id = row -> PromptRow.read(row, columns).id();
    Column[] all = Arrays.stream(marked.columns()).map(marked::col).toArray(Column[]::new);
    return udf(id, DataTypes.StringType).apply(struct(all));
  }

  /**
   * Checks rows as far as that is possible without a model: texts, counts, boxes.
   *
   * @param prompts a few rows
   * @return a description of the problem of each row, in order; empty texts for good rows
   */
  public static List<String> findRowProblems(Dataset<Row> prompts) {
    Dataset<Row> marked = markInvalidText(prompts);
    PromptSchema columns = PromptSchema.of(marked.schema());
    return marked.collectAsList().stream()
        .map(row -> PromptRow.read(row, columns).findProblem().orElse(""))
        .toList();
  }

  /**
   * Describes the units of all boxes of some rows, if these are not relative to the image.
   *
   * @param prompts a few rows
   * @return the units and the correction, such as "pixels: divide them by ..."
   */
  public static Optional<String> describeBoxUnits(Dataset<Row> prompts) {
    PromptSchema columns = PromptSchema.of(prompts.schema());
    return BoxUnits.of(
            prompts.collectAsList().stream()
                .flatMap(row -> PromptRow.read(row, columns).values().bboxes().stream())
                .toList())
        .map(BoxUnits::advice);
  }

  /**
   * Fills in the {@code id} and {@code seed} of each row of a prompt table, as in the image table:
   * the values in the table, otherwise those that follow from the row's content. The seeds of a
   * row's images count up from its seed.
   */
  public static Dataset<Row> addIdsAndSeeds(Dataset<Row> prompts) {
    Dataset<Row> marked = markInvalidText(prompts);
    StructType schema = ImageTableSchema.addIdAndSeed(marked.schema());
    return marked.map(
        new IdAndSeed(PromptSchema.of(marked.schema()), schema), Encoders.row(schema));
  }

  /** A function that fills in the id and the seed of a row. */
  private record IdAndSeed(PromptSchema columns, StructType schema)
      implements MapFunction<Row, Row> {

    @Override
    public Row call(Row row) {
      PromptRow prompt = PromptRow.read(row, columns);
      Object[] values = new Object[schema.length()];
      for (int i = 0; i < values.length; i++) {
        String column = schema.apply(i).name();
        values[i] =
            switch (column) {
              case "id" -> prompt.id();
              case "seed" -> prompt.values().seed();
              default -> row.getAs(column);
            };
      }
      return RowFactory.create(values);
    }
  }
}
