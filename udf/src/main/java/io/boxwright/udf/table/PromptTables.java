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

/** Checks and completes prompt tables, before {@link GuidedImageGenerator} makes their images. */
public final class PromptTables {

  /** A column that says how many rows before a row have its id. */
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
   * Checks that a prompt table has no column that only Spark and we make.
   *
   * @param columns names of all columns
   * @throws IllegalArgumentException naming the column
   */
  public static void requireNoInnerColumns(Collection<String> columns) {
    PromptSchema.requireNoInnerColumns(columns);
  }

  /**
   * Looks for columns whose names are almost those of our columns that the table lacks, such as
   * {@code seeds}: they are not read.
   *
   * @param columns names of all columns, of a table or of one of its files
   * @return a sentence for each, by its name
   * @throws IllegalArgumentException if the layout is lost with such a column, as with {@code
   *     boxes}
   */
  public static Map<String, String> checkSpelling(Collection<String> columns) {
    return ColumnSpelling.check(columns);
  }

  /** Returns whether a column is read for prompts and layouts, rather than only carried through. */
  public static boolean isPromptColumn(String name) {
    return PromptSchema.isPromptColumn(name);
  }

  /** The usual type of such a column. */
  public static DataType usualType(String name) {
    return PromptSchema.usualType(name);
  }

  /** Returns whether such a column may have a type. */
  public static boolean isValidType(String name, DataType type) {
    return PromptSchema.isValid(name, type);
  }

  /** The names among some that the image table needs for columns of its own. */
  public static List<String> reservedColumns(List<String> names) {
    return names.stream().filter(PromptSchema::isReserved).toList();
  }

  /**
   * A prompt table that says, in a column more, which texts of its rows are no UTF-8. {@link
   * GuidedImageGenerator#generate} does this itself. Call it first where rows are taken apart
   * before, as by {@link Dataset#rdd}: a {@link Row} has no wrong bytes any more.
   *
   * @throws IllegalArgumentException if the table's columns are wrong
   */
  public static Dataset<Row> markInvalidText(Dataset<Row> prompts) {
    PromptSchema.of(prompts.schema());
    return InvalidText.mark(prompts);
  }

  /**
   * A prompt table whose rows differ in their ids, seeds and names of image files although they
   * repeat others. The first of equal rows stays as it is; the n-th has another default id and
   * seed. An id that the table gives stays, but {@code image.path} and the default seed differ.
   *
   * @param positionColumn a column of the table that says which row comes first
   */
  public static Dataset<Row> tellApart(Dataset<Row> prompts, String positionColumn) {
    Dataset<Row> marked = markInvalidText(prompts);
    PromptSchema columns = PromptSchema.of(marked.schema());
    UDF1<Row, String> id = row -> PromptRow.read(row, columns).id();
    Column[] all = Arrays.stream(marked.columns()).map(marked::col).toArray(Column[]::new);
    WindowSpec equal = Window.partitionBy(col(REPETITION)).orderBy(col(positionColumn));
    return marked
        .withColumn(REPETITION, udf(id, DataTypes.StringType).apply(struct(all)))
        .withColumn(REPETITION, row_number().over(equal).minus(lit(1)));
  }

  /**
   * Checks rows as far as that is possible without a model: texts, counts, boxes.
   *
   * @param prompts few rows
   * @return what is wrong with each, in order; empty texts for good rows
   */
  public static List<String> rowProblems(Dataset<Row> prompts) {
    Dataset<Row> marked = markInvalidText(prompts);
    PromptSchema columns = PromptSchema.of(marked.schema());
    return marked.collectAsList().stream()
        .map(row -> PromptRow.read(row, columns).problem().orElse(""))
        .toList();
  }

  /**
   * What all boxes of some rows look like, if that is not what boxes are: pixels and the like.
   *
   * @param prompts few rows
   * @return such as "pixels: divide them by ..."
   */
  public static Optional<String> boxUnits(Dataset<Row> prompts) {
    PromptSchema columns = PromptSchema.of(prompts.schema());
    return BoxUnits.of(
            prompts.collectAsList().stream()
                .flatMap(row -> PromptRow.read(row, columns).bboxes().stream())
                .toList())
        .map(BoxUnits::advice);
  }

  /**
   * A prompt table with the {@code id} and {@code seed} of each row that its images have, too: the
   * row's own, or those that follow from its content. Images of one row count its seed up.
   */
  public static Dataset<Row> identified(Dataset<Row> prompts) {
    Dataset<Row> marked = markInvalidText(prompts);
    StructType schema = ImageTableSchema.identified(marked.schema());
    return marked.map(new Identify(PromptSchema.of(marked.schema()), schema), Encoders.row(schema));
  }

  /** Fills in the id and the seed of a row. */
  private record Identify(PromptSchema columns, StructType schema)
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
              case "seed" -> prompt.seed();
              default -> row.getAs(column);
            };
      }
      return RowFactory.create(values);
    }
  }
}
