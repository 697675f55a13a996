package io.boxwright.input;

import io.boxwright.spark.GuidedImageGenerator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The table of prompts. */
public final class PromptTable {

  private PromptTable() {}

  /**
   * Opens a Parquet table and checks its columns; reads no rows.
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
    return prompts;
  }

  // Spark throws checked exceptions that it does not declare, hence Exception.
  private static Dataset<Row> open(SparkSession spark, String path) {
    try {
      return spark.read().parquet(path);
    } catch (Exception e) {
      throw new InvalidInputException(
          "Cannot read prompts from %s: %s".formatted(path, rootMessage(e)), e);
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
  }
}
