package io.boxwright.cli;

import io.boxwright.job.actions.ExecutorWait;
import io.boxwright.job.actions.VerifyImages;
import io.boxwright.job.input.SparkSettings;
import io.boxwright.job.report.VerifyResult;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code boxwright verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Reads every byte in an output folder, and checks that it has an image or an error for every"
          + " prompt exactly once, that every row belongs to its prompt, that every file and picture"
          + " is as it was written, and that nothing else is there. Lists everything it finds.",
      ""
    },
    footer = {
      "",
      "Exit code 0: all is there and good. 3: all is there, but some images failed. 1: something is"
          + " wrong, as listed. 2: there is nothing to check."
    })
final class VerifyCommand implements Callable<Integer> {

  private final SparkConf conf;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FOLDER",
      converter = NameConverter.class,
      description = "Output folder of generate, or of an evaluation.")
  private String folder;

  @Mixin private ExecutorOptions executorOptions;

  VerifyCommand(SparkConf conf) {
    this.conf = conf;
  }

  @Override
  public Integer call() throws IOException {
    SparkSettings.check(conf);
    ExecutorWait executors = executorOptions.makeExecutorWait(conf, spec.commandLine().getErr());
    SparkSettings.name(conf, "boxwright verify " + folder, BoxwrightCommand.MAIN_CLASS);
    VerifyResult result;
    try (SparkSession spark = SparkStart.openSession(conf)) {
      executors.await(spark);
      result = new VerifyImages(spark).execute(folder);
    }
    result.print(spec.commandLine().getOut());
    if (!result.problems().isEmpty()) {
      return ExitCode.UNEXPECTED;
    }
    return result.failed() == 0 ? ExitCode.OK : ExitCode.ROWS_FAILED;
  }
}
