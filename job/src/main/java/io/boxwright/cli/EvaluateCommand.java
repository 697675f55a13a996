package io.boxwright.cli;

import io.boxwright.diffusion.detection.LabelMode;
import io.boxwright.diffusion.detection.clip.CLIPScorer;
import io.boxwright.job.actions.EvaluateImages;
import io.boxwright.job.actions.ExecutorWait;
import io.boxwright.job.actions.ExistingOutput;
import io.boxwright.job.actions.OrderlyStop;
import io.boxwright.job.evaluation.EvaluationReport;
import io.boxwright.job.evaluation.EvaluationResult;
import io.boxwright.job.evaluation.EvaluationSettings;
import io.boxwright.job.figures.Benchmark;
import io.boxwright.job.figures.Benchmarks;
import io.boxwright.job.figures.DetectorRequest;
import io.boxwright.job.figures.LabelSource;
import io.boxwright.job.figures.LabelTemplate;
import io.boxwright.job.input.SparkSettings;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.TransformersModel;
import io.boxwright.udf.generate.BatchSize;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code boxwright evaluate}. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Looks for the objects in the images of a finished run and computes the figures of a"
          + " benchmark. The scores go into RUN/evaluations/NAME, a run of its own: the same command"
          + " goes on when it was cut off.",
      ""
    },
    footer = {
      "",
      "Exit code 0: all images are evaluated. 3: some were not made, or not evaluated. 2: options or"
          + " input are wrong, nothing was started. 130: Ctrl-C. 143: SIGTERM. 1: anything else."
    })
final class EvaluateCommand implements Callable<Integer> {

  /** The number for {@code auto} on every device, because the driver writes it into the plan. */
  private static final int AUTO_BATCH_SIZE = 8;

  /** The names of the benchmarks, for the help. */
  static final class BenchmarkNames implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return Benchmarks.names().iterator();
    }
  }

  private final SparkConf conf;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RUN",
      converter = NameConverter.class,
      description = "Output folder of generate.")
  private String run;

  @Option(
      names = "--detector",
      paramLabel = "NAME|FOLDER",
      converter = NameConverter.class,
      description =
          "What looks for the objects: shapes, for images of coloured shapes, or a folder with"
              + " OWL-ViT or OWLv2, as transformers saves it. Required unless --clip is given.")
  private String detector;

  @Option(
      names = "--benchmark",
      paramLabel = "NAME",
      completionCandidates = BenchmarkNames.class,
      description =
          "The benchmark whose figures are computed: ${COMPLETION-CANDIDATES}. It also chooses the"
              + " labels, the threshold and the template. Default: none; then COCO's AP and the"
              + " accuracy of 7Bench are computed.")
  private String benchmark;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the evaluation. Default: the benchmark's, else the detector's.")
  private String name;

  @Option(
      names = "--clip",
      paramLabel = "FOLDER",
      converter = NameConverter.class,
      description =
          "Also compare images with prompts, and boxes with phrases: a folder with a CLIPModel, as"
              + " transformers saves it.")
  private String clip;

  @Option(
      names = "--detector-threshold",
      paramLabel = "X",
      description =
          "The score that a detection of OWL-ViT or OWLv2 must exceed, 0 to 1. Default: the"
              + " benchmark's, else 0.1.")
  private Double threshold;

  @Option(
      names = "--detector-labels",
      paramLabel = "WAY",
      description =
          "How OWL-ViT and OWLv2 look for the labels of an image: alone or together. Default: the"
              + " benchmark's, else alone.")
  private LabelMode labels;

  @Option(
      names = "--template",
      paramLabel = "TEXT",
      description =
          "Sentence around a label: {} is the label, {a} the label with an article. Default: the"
              + " benchmark's, else the bare label.")
  private String template;

  @Option(
      names = "--batch-size",
      defaultValue = "8",
      paramLabel = "N|auto",
      converter = BatchSizeConverter.class,
      description = "Images that are scored together; auto: 8. Default: ${DEFAULT-VALUE}.")
  private BatchSize batchSize;

  @Option(
      names = "--device",
      defaultValue = "auto",
      paramLabel = "auto|cpu|gpu",
      description = "Where the models run. Default: ${DEFAULT-VALUE}.")
  private DeviceType device;

  @Option(
      names = "--overwrite",
      description = "Remove the evaluation of this name, and start anew.")
  private boolean overwrite;

  @Mixin private ModelCacheOption cache;
  @Mixin private ExecutorOptions executorOptions;

  EvaluateCommand(SparkConf conf) {
    this.conf = conf;
  }

  @Override
  public Integer call() throws Exception {
    SparkSettings.check(conf);
    EvaluationSettings settings = makeSettings();
    ExecutorWait executors = executorOptions.makeExecutorWait(conf, spec.commandLine().getErr());
    SparkSettings.name(conf, "boxwright evaluate " + run, BoxwrightCommand.MAIN_CLASS);
    SparkAction<EvaluationResult> action =
        (spark, command, stop) -> evaluate(spark, settings, command, stop);
    EvaluationResult result = action.run(spec, conf, executors);
    new EvaluationReport(spec.commandLine().getOut()).print(result);
    return result.record().failed() == 0 ? ExitCode.OK : ExitCode.ROWS_FAILED;
  }

  private EvaluationResult evaluate(
      SparkSession spark, EvaluationSettings settings, String command, OrderlyStop stop) {
    return new EvaluateImages(spark, settings)
        .run(run)
        .name(name)
        .existing(overwrite ? ExistingOutput.OVERWRITE : ExistingOutput.RESUME)
        .command(command)
        .console(spec.commandLine().getErr())
        .stop(stop)
        .execute();
  }

  private EvaluationSettings makeSettings() {
    try {
      Optional<Benchmark> known = Optional.ofNullable(benchmark).map(Benchmarks::of);
      Optional<DetectorRequest> request = known.flatMap(Benchmark::detector);
      Optional<DetectorSpec> chosen = Optional.ofNullable(detector).flatMap(Detectors::of);
      requireModels(request, chosen);
      Optional<DetectorSpec> configured = chosen.map(found -> configure(found, request));
      configured.ifPresent(DetectorSpec::check);
      Optional.ofNullable(clip).map(Path::of).ifPresent(CLIPScorer::check);
      return new EvaluationSettings(
          known.map(Benchmark::name).orElse(null),
          configured.orElse(null),
          configured.map(DetectorSpec::modelFolder).map(this::hash).orElse(null),
          request.map(DetectorRequest::source).orElse(LabelSource.PHRASES),
          chooseTemplate(chosen, request),
          clip == null ? null : hash(clip),
          batchSize.equals(BatchSize.AUTO) ? AUTO_BATCH_SIZE : batchSize.rows(),
          device);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void requireModels(Optional<DetectorRequest> request, Optional<DetectorSpec> chosen) {
    if (benchmark != null && request.isPresent() && chosen.isEmpty()) {
      throw new IllegalArgumentException(
          "The benchmark %s needs a --detector".formatted(benchmark));
    }
    if (benchmark != null && request.isEmpty() && clip == null) {
      throw new IllegalArgumentException("The benchmark %s needs --clip".formatted(benchmark));
    }
    DetectionOptions.requireFolder(chosen, spec);
  }

  private DetectorSpec configure(DetectorSpec found, Optional<DetectorRequest> request) {
    if (found.modelFolder() == null) {
      return found;
    }
    double least = request.map(DetectorRequest::threshold).orElse(found.threshold());
    LabelMode usual = request.map(DetectorRequest::mode).orElse(found.labels());
    return found
        .withThreshold(threshold == null ? least : threshold)
        .withLabels(labels == null ? usual : labels);
  }

  /** Chooses the bare label for a detector without a folder, which knows no sentences. */
  private LabelTemplate chooseTemplate(
      Optional<DetectorSpec> chosen, Optional<DetectorRequest> request) {
    if (chosen.map(DetectorSpec::modelFolder).isEmpty()) {
      return LabelTemplate.BARE;
    }
    return template == null
        ? request.map(DetectorRequest::template).orElse(LabelTemplate.BARE)
        : new LabelTemplate(template);
  }

  private TransformersModel hash(String folder) {
    return TransformersModel.of(Path.of(folder).toAbsolutePath(), cache.folder());
  }
}
