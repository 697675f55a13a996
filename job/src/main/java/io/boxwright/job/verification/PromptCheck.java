package io.boxwright.job.verification;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_extract;

import io.boxwright.job.input.PromptTable;
import io.boxwright.job.input.SparkNames;
import io.boxwright.job.output.RowDigest;
import io.boxwright.job.output.RunPlan;
import io.boxwright.udf.table.PromptTables;
import io.boxwright.udf.table.Seeding;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A check that compares the rows of an image table, column by column, with the prompts that belong
 * there by the plan.
 */
public final class PromptCheck implements FlatMapFunction<Iterator<InternalRow>, String> {

  private static final long serialVersionUID = 1;
  private static final String FILE = "_boxwright_file";
  private static final String ROW = "_boxwright_row";
  private static final String IMAGE = "_boxwright_image";

  private final StructType prompts;
  private final int imagesPerPrompt;
  private final Seeding seeding;

  /**
   * Creates a check.
   *
   * @param prompts the columns of the prompt table, with id and seed
   * @param plan the plan of the run
   */
  private PromptCheck(StructType prompts, RunPlan plan) {
    this.prompts = prompts;
    this.imagesPerPrompt = plan.imagesPerPrompt();
    this.seeding = Seeding.of(plan.options());
  }

  /**
   * Checks a table. The images themselves are not read.
   *
   * @param plan the plan of the run
   * @param prompts the prompt table
   * @param images the image table
   * @return a sentence for each value that differs from the prompt table
   */
  public static List<String> findProblems(RunPlan plan, PromptTable prompts, Dataset<Row> images) {
    Dataset<Row> wanted = PromptTables.addIdsAndSeeds(prompts.withPosition());
    Dataset<Row> columns = wanted.drop(PromptTable.POSITION);
    PromptCheck check = new PromptCheck(columns.schema(), plan);
    List<Column> compared = new ArrayList<>();
    check.add(compared, wanted);
    check.add(compared, images);
    compared.add(wanted.col(PromptTable.POSITION)); // null if there is no prompt
    Dataset<Row> placed = addPlaces(plan, images);
    for (String name : List.of(FILE, ROW, IMAGE, "image_index")) {
      compared.add(placed.col(name));
    }
    Column position = floor(placed.col(IMAGE).divide(lit(plan.imagesPerPrompt()))).cast("bigint");
    return placed
        .join(wanted, position.equalTo(wanted.col(PromptTable.POSITION)), "left")
        .select(compared.toArray(Column[]::new))
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapPartitions(check)
        .collect();
  }

  private void add(List<Column> compared, Dataset<Row> table) {
    for (StructField field : prompts.fields()) {
      compared.add(table.col(SparkNames.quoted(field.name())));
    }
  }

  /** Adds the file, the row in it, and the resulting position among all images. */
  private static Dataset<Row> addPlaces(RunPlan plan, Dataset<Row> images) {
    Column chunk = regexp_extract(col(FILE), "chunk-(\\d+)", 1).cast("bigint");
    long imagesPerChunk = (long) plan.chunkRows() * plan.imagesPerPrompt();
    return images
        .withColumn(FILE, col("_metadata.file_name"))
        .withColumn(ROW, col("_metadata.row_index"))
        .withColumn(IMAGE, chunk.multiply(lit(imagesPerChunk)).plus(col(ROW)));
  }

  @Override
  public Iterator<String> call(Iterator<InternalRow> rows) {
    List<String> problems = new ArrayList<>();
    rows.forEachRemaining(row -> compare(row, problems));
    return problems.iterator();
  }

  private void compare(InternalRow row, List<String> problems) {
    int columns = prompts.length();
    int position = 2 * columns;
    String place =
        "%s, row %d".formatted(row.getUTF8String(position + 1), row.getLong(position + 2));
    if (row.isNullAt(position)) {
      problems.add("%s: the prompt table has no row for it".formatted(place));
      return;
    }
    int imageIndex = (int) (row.getLong(position + 3) % imagesPerPrompt);
    if (row.getInt(position + 4) != imageIndex) {
      problems.add(
          "%s, column image_index: it is %d, not %d"
              .formatted(place, row.getInt(position + 4), imageIndex));
    }
    for (int i = 0; i < columns; i++) {
      if (!isSame(row, i, columns + i, imageIndex)) {
        problems.add(
            "%s, column %s: it is not what the prompt table has"
                .formatted(place, prompts.apply(i).name()));
      }
    }
  }

  /** Compares two values of a row; the seed of an image follows from that of its prompt. */
  private boolean isSame(InternalRow row, int wanted, int found, int imageIndex) {
    StructField field = prompts.apply(wanted);
    if (field.name().equals("seed")) {
      return !row.isNullAt(found)
          && row.getLong(found) == seeding.seed(row.getLong(wanted), imageIndex);
    }
    return RowDigest.of(row, wanted, field.dataType())
        .equals(RowDigest.of(row, found, field.dataType()));
  }
}
