package io.boxwright.cli;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.RootCause;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Starts Spark. */
final class SparkStart {

  private SparkStart() {}

  /**
   * A session, which the caller closes.
   *
   * @throws InvalidInputException if Spark does not start with its settings, saying why
   */
  static SparkSession session(SparkConf conf) {
    try {
      return SparkSession.builder().config(conf).getOrCreate();
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      throw new InvalidInputException("Spark does not start: " + RootCause.message(e), e);
    }
  }
}
