package io.boxwright.input;

import static org.apache.spark.sql.functions.col;

import io.boxwright.spark.GuidedImageGenerator;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * The table of prompts. Its rows have an order, and each a position in it: files by path, then as
 * they stand in the file.
 */
public final class PromptTable {

  /** A name for the column of positions of rows, one that no table has. */
  public static final String POSITION = "_boxwright_position";

  private final SparkSession spark;
  private final String path;
  private final Dataset<Row> rows;
  private final PromptFiles files;

  private PromptTable(SparkSession spark, String path, Dataset<Row> rows, PromptFiles files) {
    this.spark = spark;
    this.path = path;
    this.rows = rows;
    this.files = files;
  }

  /**
   * Opens a Parquet table and checks that its columns are right and all of its files readable. A
   * column that some of the files lack is null in their rows.
   *
   * @throws InvalidInputException if it cannot be read or a column is missing or of a wrong type
   */
  public static PromptTable read(SparkSession spark, String path) {
    Dataset<Row> prompts = open(spark, path);
    try {
      GuidedImageGenerator.checkSchema(prompts.schema());
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("%s, in %s".formatted(e.getMessage(), path), e);
    }
    readAll(prompts, path);
    return new PromptTable(spark, qualified(spark, path), prompts, files(spark, prompts, path));
  }

  /** So that who reads the plan finds the table from any folder. */
  private static String qualified(SparkSession spark, String path) {
    try {
      Path table = new Path(path);
      return table
          .getFileSystem(spark.sparkContext().hadoopConfiguration())
          .makeQualified(table)
          .toString();
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(path, e);
    }
  }

  // Spark throws checked exceptions that it does not declare, hence Exception.
  private static Dataset<Row> open(SparkSession spark, String path) {
    try {
      return spark
          .read()
          .option("mergeSchema", true)
          .option("parquet.page.verify-checksum.enabled", true)
          .parquet(path);
    } catch (Exception e) {
      throw unreadable(path, e);
    }
  }

  /** A damaged page would otherwise come to light after hours. */
  private static void readAll(Dataset<Row> prompts, String path) {
    try {
      prompts.write().format("noop").mode(SaveMode.Overwrite).save();
    } catch (Exception e) {
      throw unreadable(path, e);
    }
  }

  private static PromptFiles files(SparkSession spark, Dataset<Row> prompts, String path) {
    try {
      return PromptFiles.read(spark.sparkContext().hadoopConfiguration(), prompts.inputFiles());
    } catch (Exception e) {
      throw unreadable(path, e);
    }
  }

  /** Where it is. */
  public String path() {
    return path;
  }

  /**
   * Returns whether the files are still the ones that were read first.
   *
   * @throws InvalidInputException if they cannot be read any more
   */
  public boolean isUnchanged() {
    return files(spark, rows, path).list().equals(files.list());
  }

  /** All rows, in any order. */
  public Dataset<Row> rows() {
    return rows;
  }

  /** Its files, in order. */
  public List<PromptFile> files() {
    return files.list();
  }

  /** How many rows it has. */
  public long count() {
    return files.rows();
  }

  /**
   * All rows, marked as {@link GuidedImageGenerator#markInvalidText} does, and with a last column
   * more, {@link #POSITION}, from 0.
   */
  public Dataset<Row> withPosition() {
    Column file = col("_metadata.file_path");
    Column row = col("_metadata.row_index");
    Dataset<Row> marked = GuidedImageGenerator.markInvalidText(rows);
    return marked.select(
        Stream.concat(
                Arrays.stream(marked.columns()).map(PromptTable::quoted),
                Stream.of(files.positionOf(file).plus(row).as(POSITION)))
            .toArray(Column[]::new));
  }

  /**
   * The rows of some chunks: partition {@code i} holds those of the {@code i}-th chunk, in order.
   *
   * @param chunks their numbers
   * @param chunkRows rows for each chunk
   */
  public Dataset<Row> inChunks(List<Integer> chunks, int chunkRows) {
    return new ChunkPartitioner(chunks, chunkRows).partition(withPosition(), POSITION);
  }

  private static Column quoted(String column) {
    return col("`" + column.replace("`", "``") + "`");
  }

  private static InvalidInputException unreadable(String path, Exception e) {
    return new InvalidInputException(
        "Cannot read prompts from %s: %s".formatted(path, RootCause.message(e)), e);
  }
}
