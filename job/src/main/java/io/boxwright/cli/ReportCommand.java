package io.boxwright.cli;

import io.boxwright.job.actions.ExecutorWait;
import io.boxwright.job.actions.WriteReport;
import io.boxwright.job.input.SparkSettings;
import io.boxwright.job.report.ConsoleLines;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code boxwright report}. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes one HTML page on runs: their settings, speed and failures, the figures of their"
          + " evaluations side by side, the distributions of their scores, and their best, worst and"
          + " most changed images. The page needs no network.",
      ""
    },
    footer = {
      "",
      "Exit code 0: the page is written. 2: options or input are wrong, nothing was written. 1:"
          + " anything else."
    })
final class ReportCommand implements Callable<Integer> {

  private final SparkConf conf;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      converter = NameConverter.class,
      description =
          "Output folders of generate, 1 to "
              + WriteReport.MOST_RUNS
              + ", finished or not. Later runs are compared with the first one.")
  private List<String> runs = new ArrayList<>();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      converter = NameConverter.class,
      description = "The HTML file to write, in a folder that exists. A file there is replaced.")
  private String output;

  @Option(
      names = "--evaluation",
      paramLabel = "NAME",
      description = "Show only the evaluation of this name. Default: all that the runs have.")
  private String evaluation;

  @Option(
      names = "--title",
      defaultValue = "Boxwright report",
      paramLabel = "TEXT",
      description = "Title of the page. Default: ${DEFAULT-VALUE}.")
  private String title;

  @Mixin private ExecutorOptions executorOptions;

  ReportCommand(SparkConf conf) {
    this.conf = conf;
  }

  @Override
  public Integer call() throws Exception {
    SparkSettings.check(conf);
    ExecutorWait executors = executorOptions.makeExecutorWait(conf, spec.commandLine().getErr());
    SparkSettings.name(conf, "boxwright report " + output, BoxwrightCommand.MAIN_CLASS);
    String file;
    try (SparkSession spark = SparkStart.openSession(conf)) {
      executors.await(spark);
      file =
          new WriteReport(spark)
              .runs(runs)
              .evaluation(evaluation)
              .title(title)
              .output(output)
              .execute();
    }
    new ConsoleLines(spec.commandLine().getOut()).print("Report: %s", file);
    return ExitCode.OK;
  }
}
