package io.boxwright.cli;

import io.boxwright.diffusion.loading.BuiltInModel;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.job.actions.CompareGuidance;
import io.boxwright.job.actions.ExecutorWait;
import io.boxwright.job.actions.OrderlyStop;
import io.boxwright.job.input.DemoPrompts;
import io.boxwright.job.input.SparkSettings;
import io.boxwright.job.output.FolderContents;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.report.Comparison;
import io.boxwright.job.report.ComparisonReport;
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

/** {@code boxwright demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Makes images of coloured shapes twice, without guidance and with it, and compares them on a"
            + " contact sheet and in a report.")
final class DemoCommand implements Callable<Integer> {

  /** The file that marks an output folder as that of a demo, which another demo may replace. */
  private static final String MARK = "_demo.json";

  private final SparkConf conf;

  @Spec private CommandSpec spec;

  @Option(
      names = "--output",
      defaultValue = "boxwright-demo",
      paramLabel = "FOLDER",
      converter = NameConverter.class,
      description =
          "Folder for images, the contact sheet and the report: new, empty, or of a demo, which is replaced."
              + " Default: ${DEFAULT-VALUE}.")
  private String output;

  @Option(
      names = "--rows",
      defaultValue = "8",
      paramLabel = "N",
      converter = CountConverter.class,
      description = "Number of prompts, at most 8. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Option(
      names = "--steps",
      defaultValue = "30",
      paramLabel = "N",
      converter = CountConverter.class,
      description = "Denoising steps. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--batch-size",
      defaultValue = "8",
      paramLabel = "N",
      converter = CountConverter.class,
      description = "Images made together. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--model",
      defaultValue = BuiltInModel.NAME,
      paramLabel = "MODEL",
      description = ModelOptions.MODEL + " Default: ${DEFAULT-VALUE}.")
  private String model;

  @Mixin private ModelOptions modelOptions;

  @Mixin private ExecutorOptions executorOptions;

  DemoCommand(SparkConf conf) {
    this.conf = conf;
  }

  @Override
  public Integer call() throws Exception {
    new SparkConfDefaults(conf).checkKeys(spec);
    SparkSettings.check(conf);
    ExecutorWait executors = executorOptions.makeExecutorWait(conf, spec.commandLine().getErr());
    SparkSettings.name(conf, "boxwright demo " + output, BoxwrightCommand.MAIN_CLASS);
    GuidedImageGenerator generator = makeGenerator();
    SparkAction<Comparison> action =
        (spark, command, stop) -> compare(spark, generator, command, stop);
    Comparison comparison = action.run(spec, conf, executors);
    new ComparisonReport(spec.commandLine().getOut()).print(comparison);
    return chooseExitCode(comparison);
  }

  private Comparison compare(
      SparkSession spark, GuidedImageGenerator generator, String command, OrderlyStop stop)
      throws Exception {
    RunFolder folder = RunFolder.of(spark.sparkContext().hadoopConfiguration(), output);
    new FolderContents(folder).claim(MARK);
    return new CompareGuidance(spark, generator)
        .input(DemoPrompts.write(spark, folder.path(), rows))
        .output(folder.path())
        .command(command)
        .console(spec.commandLine().getErr())
        .stop(stop)
        .execute();
  }

  private GuidedImageGenerator makeGenerator() throws ReflectiveOperationException {
    try {
      GuidedImageGenerator generator = new GuidedImageGenerator();
      modelOptions.configure(generator, model);
      return generator
          .setDetector(DetectionOptions.ofModel(model))
          .setOptions(GenerationOptions.defaults().withNumInferenceSteps(steps))
          .setBatchSize(batchSize);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static int chooseExitCode(Comparison comparison) {
    long failed = comparison.unguided().summary().failed() + comparison.guided().summary().failed();
    return failed == 0 ? ExitCode.OK : ExitCode.ROWS_FAILED;
  }
}
