package io.boxwright;

import io.boxwright.cli.BoxwrightCommand;
import io.boxwright.cli.StopSignals;
import java.io.PrintWriter;
import org.apache.spark.SparkConf;

/** The class that {@code spark-submit} starts. */
public final class Main {

  private Main() {}

  /** Runs the command in the arguments and ends the process with its exit code. */
  public static void main(String[] arguments) {
    StopSignals.handle();
    PrintWriter out = new PrintWriter(System.out, true);
    PrintWriter err = new PrintWriter(System.err, true);
    System.exit(BoxwrightCommand.run(new SparkConf(), out, err, arguments));
  }
}
