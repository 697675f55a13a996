package io.boxwright.testing;

import org.apache.spark.sql.SparkSession;

/** Makes a table of many prompts, for job/src/test/scripts/scale-test. */
public final class ManyPrompts {

  private ManyPrompts() {}

  /** Arguments: how many rows, and where they go. */
  public static void main(String[] arguments) throws Exception {
    try (SparkSession spark = Spark.local()) {
      spark
          .range(0, Long.parseLong(arguments[0]), 1, 4)
          .selectExpr("'a red circle number ' || id prompt", "string(id) id")
          .write()
          .parquet(arguments[1]);
    }
  }
}
