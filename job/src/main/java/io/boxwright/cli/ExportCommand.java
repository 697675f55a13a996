package io.boxwright.cli;

import io.boxwright.job.actions.ExecutorWait;
import io.boxwright.job.actions.ExportDataset;
import io.boxwright.job.actions.OrderlyStop;
import io.boxwright.job.exporting.BestImages;
import io.boxwright.job.exporting.BoxSource;
import io.boxwright.job.exporting.DatasetFormats;
import io.boxwright.job.exporting.ExportReport;
import io.boxwright.job.exporting.ExportResult;
import io.boxwright.job.exporting.ExportSettings;
import io.boxwright.job.exporting.LabelMap;
import io.boxwright.job.exporting.MissingClasses;
import io.boxwright.job.exporting.Splits;
import io.boxwright.job.exporting.Treatment;
import io.boxwright.job.input.SparkSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code boxwright export}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes a dataset for training of the images of finished runs. The same command goes on when it"
          + " was cut off.",
      ""
    },
    footer = {
      "",
      "Exit code 0: the dataset is there. 2: options or input are wrong, no image was written. 1:"
          + " anything else."
    })
final class ExportCommand implements Callable<Integer> {

  /** The names of the formats, for the help. */
  static final class FormatNames implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return DatasetFormats.names().iterator();
    }
  }

  /** Options of what boxes and classes there are. */
  static final class BoxOptions {

    @Option(
        names = "--labels",
        paramLabel = "FILE",
        converter = NameConverter.class,
        description =
            "Classes of phrases: a JSON object {\"phrase\": \"class\"}, or CSV with the columns"
                + " phrase and class. Default: the phrases themselves, in small letters, without"
                + " article or number, in the singular.")
    private String labels;

    @Option(
        names = "--missing-classes",
        defaultValue = "stop",
        paramLabel = "stop|drop",
        description =
            "If --labels lacks a phrase: do not begin, or leave out its boxes. Default:"
                + " ${DEFAULT-VALUE}.")
    private MissingClasses missingClasses;

    @Option(
        names = "--boxes",
        defaultValue = "requested",
        paramLabel = "WAY",
        description =
            "requested: the boxes of the layouts. detected: what an evaluation found. matched: the"
                + " boxes of the layouts with which a detection agrees. Default: ${DEFAULT-VALUE}.")
    private BoxSource boxes;

    @Option(
        names = "--evaluation",
        paramLabel = "NAME",
        converter = NameConverter.class,
        description = "The evaluation of each run, as boxwright evaluate names it.")
    private String evaluation;

    @Option(
        names = "--match-iou",
        defaultValue = "0.5",
        paramLabel = "X",
        description =
            "The IoU from which on a detection agrees with a box, above 0 and at most 1. Default:"
                + " ${DEFAULT-VALUE}.")
    private double matchIou;

    @Option(
        names = "--crowds",
        defaultValue = "keep",
        paramLabel = "keep|drop",
        description =
            "Boxes of the layouts that stand for several things, such as one box for \"two dogs\"."
                + " Default: ${DEFAULT-VALUE}.")
    private Treatment crowds;
  }

  /** Options of which images there are. */
  static final class ImageChoice {

    @Option(
        names = "--where",
        paramLabel = "SQL",
        description =
            "Only images that fulfil a condition over the columns of images, and over"
                + " evaluation.COLUMN of --evaluation: \"adherence.held_out.lift > 2 AND"
                + " evaluation.score > 0.5\".")
    private String where;

    @Option(
        names = "--negatives",
        defaultValue = "keep",
        paramLabel = "keep|drop",
        description = "Images without boxes. Default: ${DEFAULT-VALUE}.")
    private Treatment negatives;

    @Option(
        names = "--duplicates",
        defaultValue = "keep",
        paramLabel = "keep|drop",
        description =
            "Images that look like another one of their prompt, by a hash of 64 bits. Default:"
                + " ${DEFAULT-VALUE}.")
    private Treatment duplicates;

    @Option(
        names = "--duplicate-distance",
        defaultValue = "4",
        paramLabel = "N",
        description =
            "The most bits in which the hashes of images that look alike differ, 0 to 64. Default:"
                + " ${DEFAULT-VALUE}.")
    private int duplicateDistance;

    @Option(
        names = "--best",
        paramLabel = "N",
        converter = CountConverter.class,
        description = "Only the N best images of each prompt, by --by.")
    private Integer best;

    @Option(
        names = "--by",
        paramLabel = "SQL",
        description =
            "The number by which images of a prompt are compared, a column such as"
                + " adherence.held_out.lift or an expression; larger is better.")
    private String by;

    @Option(
        names = "--max-per-class",
        paramLabel = "N",
        converter = CountConverter.class,
        description =
            "The most boxes of a class in a split. Images that would exceed it are left out.")
    private Integer maxPerClass;

    @Option(
        names = "--split",
        defaultValue = "train=1",
        paramLabel = "NAME=SHARE,...",
        description =
            "Splits, such as train=0.9,val=0.1. A hash of the prompt chooses, so all images of a"
                + " prompt are in one. Default: ${DEFAULT-VALUE}.")
    private String split;
  }

  private final SparkConf conf;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      converter = NameConverter.class,
      description = "Output folders of generate; several become one dataset.")
  private List<String> runs = new ArrayList<>();

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      completionCandidates = FormatNames.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private String format;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FOLDER",
      converter = NameConverter.class,
      description = "Folder of the dataset. It is empty, does not exist, or holds this export.")
  private String output;

  @Mixin private BoxOptions boxOptions;
  @Mixin private ImageChoice choice;

  @Option(
      names = "--shard-images",
      defaultValue = "1000",
      paramLabel = "N",
      converter = CountConverter.class,
      description = "Format webdataset: images of a tar file. Default: ${DEFAULT-VALUE}.")
  private int shardImages;

  @Option(
      names = "--license",
      paramLabel = "NAME",
      description = "Licence of the dataset, for its card. Default: not stated.")
  private String license;

  @Mixin private ExecutorOptions executorOptions;

  ExportCommand(SparkConf conf) {
    this.conf = conf;
  }

  @Override
  public Integer call() throws Exception {
    SparkSettings.check(conf);
    ExportSettings settings = makeSettings();
    ExecutorWait executors = executorOptions.makeExecutorWait(conf, spec.commandLine().getErr());
    SparkSettings.name(conf, "boxwright export " + output, BoxwrightCommand.MAIN_CLASS);
    SparkAction<ExportResult> action =
        (spark, command, stop) -> export(spark, settings, command, stop);
    ExportResult result = action.run(spec, conf, executors);
    new ExportReport(spec.commandLine().getOut()).print(result);
    return ExitCode.OK;
  }

  private ExportResult export(
      SparkSession spark, ExportSettings settings, String command, OrderlyStop stop) {
    return new ExportDataset(spark, settings)
        .runs(runs)
        .output(output)
        .command(command)
        .console(spec.commandLine().getErr())
        .stop(stop)
        .execute();
  }

  private ExportSettings makeSettings() throws IOException {
    if ((choice.best == null) != (choice.by == null)) {
      throw new ParameterException(spec.commandLine(), "--best and --by need each other");
    }
    LabelMap labels =
        boxOptions.labels == null
            ? LabelMap.PHRASES
            : LabelMap.read(SparkHadoopUtil.get().newConfiguration(conf), boxOptions.labels);
    return new ExportSettings(
        format,
        labels,
        boxOptions.missingClasses,
        boxOptions.boxes,
        boxOptions.evaluation,
        boxOptions.matchIou,
        choice.negatives,
        boxOptions.crowds,
        parseSplits(),
        choice.where,
        choice.best == null ? null : new BestImages(choice.best, choice.by),
        choice.maxPerClass,
        choice.duplicates,
        choice.duplicateDistance,
        shardImages,
        license);
  }

  private Splits parseSplits() {
    try {
      return Splits.parse(choice.split);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
