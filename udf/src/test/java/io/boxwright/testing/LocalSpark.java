package io.boxwright.testing;

import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Spark inside the test's process. */
public final class LocalSpark {

  private LocalSpark() {}

  /** Returns the settings of {@code local[2]}. */
  public static SparkConf conf() {
    return new SparkConf(false)
        .setMaster("local[2]")
        .setAppName("test")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "localhost")
        .set("spark.sql.shuffle.partitions", "2");
  }

  /** Returns a session with the settings of {@link #conf}; the running one if there is one. */
  public static SparkSession session() {
    return session(conf());
  }

  /** Returns a session with some settings; the running one if there is one. */
  public static SparkSession session(SparkConf conf) {
    return SparkSession.builder().config(conf).getOrCreate();
  }

  /** Writes the result of a query as a Parquet table of one file; returns the folder's path. */
  public static String table(SparkSession spark, Path folder, String query) {
    spark.sql(query).coalesce(1).write().parquet(folder.toString());
    return folder.toString();
  }
}
