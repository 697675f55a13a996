package io.boxwright.cli;

import io.boxwright.files.FileProblem;
import io.boxwright.job.benchmark.BenchmarkDetector;
import io.boxwright.job.benchmark.BenchmarkModel;
import io.boxwright.job.benchmark.BenchmarkSettings;
import io.boxwright.job.benchmark.RunBenchmark;
import io.boxwright.job.output.Json;
import io.boxwright.job.report.BenchmarkReport;
import io.boxwright.job.report.BenchmarkResult;
import io.boxwright.udf.executor.ModelFolder;
import io.boxwright.udf.generate.BatchSize;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code boxwright bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures how fast batches of guided images are made on this machine, without Spark: images a"
          + " second, times of stages, operations a second and peak memory.",
      "",
      "Guidance never stops early, so that the work is the same for every model and prompt.",
      ""
    })
final class BenchCommand implements Callable<Integer> {

  private static final String STANDARD_OUTPUT = "-";

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      converter = NameConverter.class,
      description =
          "random:sd15 or random:sd21: the architectures of Stable Diffusion 1.5 and 2.1 with random"
              + " weights, which need no download; random:tiny: a very small architecture; or any"
              + " model that generate takes.")
  private String model;

  @Mixin private ModelOptions modelOptions;

  @Option(
      names = "--batch-size",
      defaultValue = "4",
      paramLabel = "N|auto",
      converter = BatchSizeConverter.class,
      description =
          "Images made together; auto: as many as suit the device and fit into its memory. Default:"
              + " ${DEFAULT-VALUE}.")
  private BatchSize batchSize;

  @Mixin private DenoisingOptions denoising;

  @Option(
      names = "--max-guidance-steps",
      defaultValue = "10",
      paramLabel = "N",
      description = "Number of guided steps, counted from the first. Default: ${DEFAULT-VALUE}.")
  private int maxGuidanceSteps;

  @Option(
      names = "--max-iterations-per-step",
      defaultValue = "5",
      paramLabel = "N",
      description = "Guided passes in each of those steps. Default: ${DEFAULT-VALUE}.")
  private int maxIterationsPerStep;

  @Option(
      names = "--warmups",
      defaultValue = "1",
      paramLabel = "N",
      description = "Batches made before the timed ones. Default: ${DEFAULT-VALUE}.")
  private int warmups;

  @Option(
      names = "--repetitions",
      defaultValue = "3",
      paramLabel = "N",
      description = "Timed batches; the result is their median. Default: ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--detector",
      paramLabel = "NAME|FOLDER",
      converter = NameConverter.class,
      description =
          "Also measure a detector, or CLIP scores, on the images of each batch: a detector or a"
              + " folder as generate takes it, a folder with CLIP, or random weights of a real"
              + " architecture: random:owlvit-base-patch32, random:owlv2-base-patch16-ensemble or"
              + " random:clip-vit-large-patch14.")
  private String detector;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      converter = NameConverter.class,
      description =
          "Also write the result as JSON. - is standard output; the table is then left out.")
  private String json;

  @Override
  public Integer call() {
    BenchmarkSettings settings = readSettings();
    checkJson();
    BenchmarkModel found =
        BenchmarkModel.of(
            ModelFolder.of(model, modelOptions.modelCache())
                .withTokenizer(modelOptions.tokenizer())
                .withPredictionType(settings.options().predictionType()),
            modelOptions.pretrainedOptions());
    BenchmarkResult result =
        new RunBenchmark(found, settings, findDetector(), spec.commandLine().getErr()).execute();
    report(result);
    return ExitCode.OK;
  }

  private BenchmarkSettings readSettings() {
    try {
      return new BenchmarkSettings(
          denoising.generationOptions(),
          batchSize,
          maxGuidanceSteps,
          maxIterationsPerStep,
          warmups,
          repetitions);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Optional<BenchmarkDetector> findDetector() {
    try {
      return Optional.ofNullable(detector)
          .map(name -> BenchmarkDetector.of(name, modelOptions.modelCache()));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Fails before minutes are spent on a result that cannot be written. */
  private void checkJson() {
    if (json != null && !json.equals(STANDARD_OUTPUT)) {
      Path file = Path.of(json).toAbsolutePath();
      if (Files.isDirectory(file) || !Files.isWritable(file.getParent())) {
        throw new ParameterException(
            spec.commandLine(), "Invalid file for --json: %s cannot be written".formatted(json));
      }
    }
  }

  private void report(BenchmarkResult result) {
    PrintWriter out = spec.commandLine().getOut();
    if (STANDARD_OUTPUT.equals(json)) {
      out.println(Json.toText(result));
      return;
    }
    new BenchmarkReport(out).print(result);
    if (json != null) {
      write(Json.toText(result) + "\n");
    }
  }

  private void write(String text) {
    try {
      Files.writeString(Path.of(json), text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write %s: %s".formatted(json, FileProblem.of(e)), e);
    }
  }
}
