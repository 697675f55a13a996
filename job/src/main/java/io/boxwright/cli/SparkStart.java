package io.boxwright.cli;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.RootCause;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** The start of Spark. */
final class SparkStart {

  private SparkStart() {}

  /**
   * Opens a session, which the caller closes.
   *
   * @throws InvalidInputException saying why, if Spark does not start with its settings
   */
  static SparkSession openSession(SparkConf conf) {
    try {
      return SparkSession.builder().config(conf).getOrCreate();
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      throw new InvalidInputException("Spark does not start: " + RootCause.message(e), e);
    }
  }
}
