package io.boxwright.cli;

import io.boxwright.job.actions.ExecutorWait;
import io.boxwright.job.actions.OrderlyStop;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The action of a command that needs executors and can be stopped and continued.
 *
 * @param <T> the type of its result
 */
@FunctionalInterface
interface SparkAction<T> {

  /**
   * Does the action.
   *
   * @param command the command, for people, that goes on with it
   * @param stop the stop that ends it when the process is told to end
   */
  T execute(SparkSession spark, String command, OrderlyStop stop) throws Exception;

  /**
   * Does the action with a session of its own, when the executors are there.
   *
   * @throws Exception if the action throws it
   */
  default T run(CommandSpec spec, SparkConf conf, ExecutorWait executors) throws Exception {
    String command = CommandLineText.of(spec);
    try (OrderlyStop stop = new OrderlyStop(spec.commandLine().getErr(), command)) {
      return stop.during(
          () -> {
            try (SparkSession spark = SparkStart.openSession(conf)) {
              executors.await(spark);
              return execute(spark, command, stop);
            }
          });
    }
  }
}
