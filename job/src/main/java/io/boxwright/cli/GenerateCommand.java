package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import io.boxwright.job.actions.ExecutorWait;
import io.boxwright.job.actions.GenerateImages;
import io.boxwright.job.actions.OrderlyStop;
import io.boxwright.job.input.SparkSettings;
import io.boxwright.job.report.ConsoleLines;
import io.boxwright.job.report.ConsoleReport;
import io.boxwright.job.report.RunResult;
import io.boxwright.text.Redaction;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code boxwright generate}. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes an image for each row of a table of prompts, with each object in its box, and scores"
          + " how well the layout was kept.",
      "",
      "The table needs a column prompt. bboxes (x_min, y_min, x_max, y_max, each 0 to 1, origin top"
          + " left) and, one for each box, token_indices or phrases give the layout; rows without"
          + " boxes are plain Stable Diffusion. id, seed and negative_prompt are optional.",
      ""
    },
    footer = {
      "",
      "Each option is also a key of Spark's settings: --batch-size is spark.boxwright.batch-size."
          + " The command line wins.",
      "",
      "Exit code 0: all rows are good. 3: some rows failed, see their columns status and error."
          + " 2: options or input are wrong, nothing was started. 130: Ctrl-C. 143:"
          + " SIGTERM. 1: anything else."
    })
final class GenerateCommand implements Callable<Integer> {

  private final SparkConf conf;

  @Spec private CommandSpec spec;

  @OptionGroup(Part.TABLE)
  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      converter = NameConverter.class,
      description = "Table of prompts: a Parquet file or a folder of them.")
  private String input;

  @OptionGroup(Part.OUTPUT)
  @Option(
      names = "--output",
      required = true,
      paramLabel = "FOLDER",
      converter = NameConverter.class,
      description =
          "Folder for the table of images, which goes into FOLDER/images. If a run with the same"
              + " settings was cut off there, this one goes on with it.")
  private String output;

  @OptionGroup(Part.TABLE)
  @Option(
      names = "--rename-columns",
      paramLabel = "PREFIX",
      description =
          "Prefix for columns of prompts whose names the image table uses itself, such as image or"
              + " width. Default: tables with such columns are refused.")
  private String renameColumns;

  @OptionGroup(Part.CLUSTER)
  @Option(
      names = "--max-failed-share",
      defaultValue = "0.05",
      paramLabel = "X",
      description =
          "Share of the images that may fail, 0 to 1. If more fail, and at least 20, the run ends."
              + " Rows that the input checks refuse do not count. 1: no limit. Default:"
              + " ${DEFAULT-VALUE}.")
  private double maxFailedShare;

  @OptionGroup(Part.MODEL)
  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      converter = NameConverter.class,
      description = ModelOptions.MODEL)
  private String model;

  @Mixin private OutputOptions existing;
  @Mixin private ModelOptions modelOptions;
  @Mixin private ImagePromptOptions imagePrompts;
  @Mixin private ImageOptions image;
  @Mixin private GuidanceOptions guidance;
  @Mixin private DetectionOptions detection;
  @Mixin private ExecutorOptions executorOptions;

  GenerateCommand(SparkConf conf) {
    this.conf = conf;
  }

  @Override
  public Integer call() throws Exception {
    new SparkConfDefaults(conf).checkKeys(spec);
    SparkSettings.check(conf);
    ExecutorWait executors = executorOptions.makeExecutorWait(conf, spec.commandLine().getErr());
    SparkSettings.name(conf, "boxwright generate " + output, BoxwrightCommand.MAIN_CLASS);
    warnOfCredentials("--input", input);
    warnOfCredentials("--output", output);
    GuidedImageGenerator generator = makeGenerator();
    SparkAction<RunResult> action =
        (spark, command, stop) -> generate(spark, generator, command, stop);
    RunResult result = action.run(spec, conf, executors);
    new ConsoleReport(spec.commandLine().getOut()).print(result);
    return result.summary().failed() == 0 ? ExitCode.OK : ExitCode.ROWS_FAILED;
  }

  private RunResult generate(
      SparkSession spark, GuidedImageGenerator generator, String command, OrderlyStop stop)
      throws Exception {
    generator.setGuidance(guidance.choose(generator::guidance)); // Spark may bring the model
    GenerateImages action = new GenerateImages(spark, generator).input(input).output(output);
    existing.configure(action);
    return action
        .renameColumns(renameColumns)
        .maxFailedShare(maxFailedShare)
        .command(command)
        .console(spec.commandLine().getErr())
        .stop(stop)
        .execute();
  }

  /**
   * Warns of credentials, because Spark's settings do not hide them in the plans of its SQL page.
   */
  private void warnOfCredentials(String option, String path) {
    if (Redaction.hasCredentials(path)) {
      new ConsoleLines(spec.commandLine().getErr())
          .print(
              "%s has credentials in its URI, which Spark's SQL page and event logs show; give them in"
                  + " the settings of the file system instead",
              option);
    }
  }

  private GuidedImageGenerator makeGenerator() throws ReflectiveOperationException {
    try {
      GuidedImageGenerator generator = new GuidedImageGenerator();
      modelOptions.configure(generator, model);
      imagePrompts.configure(generator);
      image.configure(generator);
      detection.configure(generator, model);
      return generator;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
