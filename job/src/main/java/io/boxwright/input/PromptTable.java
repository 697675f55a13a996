package io.boxwright.input;

import io.boxwright.spark.GuidedImageGenerator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** The table of prompts. */
public final class PromptTable {

  private PromptTable() {}

  /**
   * Opens a Parquet table and checks that its columns are right and all of its files readable. A
   * column that some of the files lack is null in their rows.
   *
   * @throws InvalidInputException if it cannot be read or a column is missing or of a wrong type
   */
  public static Dataset<Row> read(SparkSession spark, String path) {
    Dataset<Row> prompts = open(spark, path);
    try {
      GuidedImageGenerator.checkSchema(prompts.schema());
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("%s, in %s".formatted(e.getMessage(), path), e);
    }
    readAll(prompts, path);
    return prompts;
  }

  // Spark throws checked exceptions that it does not declare, hence Exception.
  private static Dataset<Row> open(SparkSession spark, String path) {
    try {
      return spark.read().option("mergeSchema", true).parquet(path);
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

  private static InvalidInputException unreadable(String path, Exception e) {
    return new InvalidInputException(
        "Cannot read prompts from %s: %s".formatted(path, RootCause.message(e)), e);
  }
}
