package io.boxwright.testing;

import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Spark inside the test's process. */
public final class Spark {

  private Spark() {}

  /** Settings of {@code local[2]}. */
  public static SparkConf localConf() {
    return new SparkConf(false)
        .setMaster("local[2]")
        .setAppName("test")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "localhost")
        .set("spark.sql.shuffle.partitions", "2");
  }

  /** A session, the running one if there is one. */
  public static SparkSession local() {
    return SparkSession.builder().config(localConf()).getOrCreate();
  }

  /** Writes the result of a query as a Parquet table. */
  public static String table(SparkSession spark, Path folder, String query) {
    spark.sql(query).coalesce(1).write().parquet(folder.toString());
    return folder.toString();
  }
}
