package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import io.boxwright.job.actions.ExecutorWait;
import java.io.PrintWriter;
import java.time.Duration;
import org.apache.spark.SparkConf;
import picocli.CommandLine.Option;

/** Options of all commands that need executors. */
@OptionGroup(Part.CLUSTER)
final class ExecutorOptions {

  @Option(
      names = "--executor-timeout",
      defaultValue = "10m",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Longest wait for a cluster's first executor, such as 90s or 10m. Default:"
              + " ${DEFAULT-VALUE}.")
  private Duration executorTimeout;

  /** Makes the wait for the first executor. */
  ExecutorWait makeExecutorWait(SparkConf conf, PrintWriter console) {
    return new ExecutorWait(conf, executorTimeout, console);
  }
}
