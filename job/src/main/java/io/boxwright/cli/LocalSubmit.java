package io.boxwright.cli;

import io.boxwright.job.input.RootCause;
import io.boxwright.job.report.ConsoleLines;
import java.io.PrintWriter;
import org.apache.spark.deploy.SparkSubmit;

/** The {@code spark-submit} of the Spark that is on the class path. */
public final class LocalSubmit {

  private LocalSubmit() {}

  /**
   * Starts the application that the arguments of {@code spark-submit} name. If Spark refuses them,
   * prints why in one line and ends the process.
   */
  public static void main(String[] arguments) {
    try {
      SparkSubmit.main(arguments);
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      new ConsoleLines(new PrintWriter(System.err, true))
          .print("Spark does not start: %s", RootCause.message(e));
      System.exit(ExitCode.INVALID_INPUT);
    }
  }
}
