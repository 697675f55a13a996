package io.boxwright.testing;

import io.boxwright.job.input.SparkSettings;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Spark inside the test's process as the commands set it. */
public final class Spark {

  private Spark() {}

  /**
   * Returns a session with the settings that every command makes; the running one if there is one.
   * It interprets plans, because generating and compiling code takes longer than reading the few
   * rows of a test.
   */
  public static SparkSession local() {
    SparkConf conf = LocalSpark.conf();
    SparkSettings.keepOldDates(conf);
    conf.set("spark.sql.codegen.wholeStage", "false");
    conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN");
    return LocalSpark.session(conf);
  }
}
