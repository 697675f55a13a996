package io.boxwright.testing;

import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A Spark session that all tests of a class share. It stops after the last one. */
public abstract class SharedSpark {

  /** The session, with the settings that every command makes. */
  protected static SparkSession spark;

  @BeforeAll
  static void startSpark() {
    spark = Spark.local();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }
}
