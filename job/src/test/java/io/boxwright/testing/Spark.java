package io.boxwright.testing;

import io.boxwright.job.input.SparkSettings;
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

  /** A session with the settings that every command makes, the running one if there is one. */
  public static SparkSession local() {
    SparkConf conf = localConf();
    SparkSettings.keepOldDates(conf);
    return SparkSession.builder().config(conf).getOrCreate();
  }

  /** Writes the result of a query as a Parquet table. */
  public static String table(SparkSession spark, Path folder, String query) {
    spark.sql(query).coalesce(1).write().parquet(folder.toString());
    return folder.toString();
  }
}
