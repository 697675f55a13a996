package io.boxwright.cli;

import io.boxwright.job.actions.ReadStatus;
import io.boxwright.job.report.StatusReport;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code boxwright status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Shows how far the run in an output folder is: what is done, failed and left, whether it"
            + " still runs, and the command that goes on with it.")
final class StatusCommand implements Callable<Integer> {

  private final SparkConf conf;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FOLDER",
      converter = NameConverter.class,
      description = "Output folder of generate, or of an evaluation.")
  private String folder;

  StatusCommand(SparkConf conf) {
    this.conf = conf;
  }

  @Override
  public Integer call() {
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
    new StatusReport(spec.commandLine().getOut()).print(new ReadStatus(hadoop).execute(folder));
    return ExitCode.OK;
  }
}
