package io.boxwright.testing;

import io.boxwright.job.input.SparkSettings;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Spark inside the test's process as the commands set it. */
public final class Spark {

  private Spark() {}

  /**
   * Returns the settings of {@code local[2]}. Spark interprets its plans, as in {@code
   * conf/local-cpu.conf}, because generating and compiling code takes longer than reading the few
   * rows of a test.
   */
  public static SparkConf conf() {
    return LocalSpark.conf()
        .set("spark.sql.codegen.wholeStage", "false")
        .set("spark.sql.codegen.factoryMode", "NO_CODEGEN");
  }

  /**
   * Returns a session with the settings that every command makes; the running one if there is one.
   */
  public static SparkSession local() {
    SparkConf conf = conf();
    SparkSettings.keepOldDates(conf);
    return LocalSpark.session(conf);
  }
}
