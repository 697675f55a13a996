package io.boxwright.job.actions;

import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.job.evaluation.EvaluationSettings;
import io.boxwright.job.figures.LabelSource;
import io.boxwright.job.figures.LabelTemplate;
import io.boxwright.job.output.ImageTable;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.Staging;
import io.boxwright.job.report.Comparison;
import io.boxwright.job.report.ContactSheet;
import io.boxwright.job.report.RunResult;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The action that makes the images of a table of prompts twice, from the same noise: without
 * guidance, into {@code unguided} of an output folder, and with the generator's guidance, into
 * {@code guided}. Existing images are replaced.
 */
public final class CompareGuidance {

  private static final Logger LOG = LoggerFactory.getLogger(CompareGuidance.class);
  private static final int CONTACT_SHEET_PAIRS = 8;
  private static final String UNGUIDED = "unguided";
  private static final String GUIDED = "guided";
  private static final String SHAPES = "shapes";
  private static final int BATCH_SIZE = 8;
  private static final String REPORT = "report.html";

  private final SparkSession spark;
  private final GuidedImageGenerator generator;
  private String input;
  private String output;
  private String command = "boxwright demo";
  private PrintWriter console = new PrintWriter(Writer.nullWriter());
  private OrderlyStop stop;

  /** Runs on a session, with a generator that has the model and its settings. */
  public CompareGuidance(SparkSession spark, GuidedImageGenerator generator) {
    this.spark = spark;
    this.generator = generator;
  }

  /** Sets the prompt table, as {@link GenerateImages#input} does. Required. */
  public CompareGuidance input(String path) {
    input = path;
    return this;
  }

  /** Sets the output folder. Required. */
  public CompareGuidance output(String folder) {
    output = folder;
    return this;
  }

  /** Sets the writer that progress is printed to; default: none. */
  public CompareGuidance console(PrintWriter writer) {
    console = writer;
    return this;
  }

  /** Sets the command, for people, that does the same again. */
  public CompareGuidance command(String line) {
    command = line;
    return this;
  }

  /** Sets the stop that ends the runs with the process, as {@link GenerateImages#stop} does. */
  public CompareGuidance stop(OrderlyStop value) {
    stop = value;
    return this;
  }

  /**
   * Makes the images, and a contact sheet and a report of both kinds. Images of shapes are
   * evaluated for the report.
   *
   * @throws io.boxwright.job.input.InvalidInputException as {@link GenerateImages#execute} does
   * @throws JobFailedException as {@link GenerateImages#execute} does
   * @throws RunStoppedException as {@link GenerateImages#execute} does
   */
  public Comparison execute() {
    Guidance guidance = generator.guidance();
    RunResult unguided = generate(UNGUIDED, BackwardGuidance.none());
    RunResult guided = generate(GUIDED, guidance);
    return new Comparison(unguided, guided, drawContactSheet(unguided, guided), writeReport());
  }

  private RunResult generate(String name, Guidance guidance) {
    console.println(name);
    return new GenerateImages(spark, generator.setGuidance(guidance))
        .input(input)
        .output(folder(name))
        .existing(ExistingOutput.OVERWRITE)
        .command(command)
        .console(console)
        .stop(stop)
        .execute();
  }

  private String folder(String name) {
    return new Path(output, name).toString();
  }

  /** Writes the report, an extra: if it fails, the images are still good. */
  private Optional<String> writeReport() {
    try {
      if (generator.settings().get("detector").equals(SHAPES)) {
        evaluate(UNGUIDED);
        evaluate(GUIDED);
      }
      return Optional.of(
          new WriteReport(spark)
              .runs(List.of(folder(UNGUIDED), folder(GUIDED)))
              .title("Boxwright demo")
              .output(folder(REPORT))
              .execute());
    } catch (RunStoppedException e) {
      throw e;
    } catch (Exception | LinkageError e) { // the latter if Java's graphics lack a library
      LOG.warn("Cannot write the report: {}", e.toString());
      return Optional.empty();
    }
  }

  private void evaluate(String name) {
    EvaluationSettings settings =
        new EvaluationSettings(
            null,
            Detectors.of(SHAPES).orElseThrow(),
            null,
            LabelSource.PHRASES,
            LabelTemplate.BARE,
            null,
            BATCH_SIZE,
            DeviceType.CPU);
    new EvaluateImages(spark, settings)
        .run(folder(name))
        .existing(ExistingOutput.OVERWRITE)
        .command(command)
        .stop(stop)
        .execute();
  }

  /** Draws the contact sheet, an extra: if it fails, the images are still good. */
  private Optional<String> drawContactSheet(RunResult unguided, RunResult guided) {
    try {
      return ContactSheet.compare(
              ImageTable.read(spark, unguided.table()),
              ImageTable.read(spark, guided.table()),
              CONTACT_SHEET_PAIRS)
          .map(this::write);
    } catch (Exception | LinkageError e) { // the latter if Java's graphics lack a library
      LOG.warn("Cannot draw the contact sheet: {}", e.toString());
      return Optional.empty();
    }
  }

  private String write(BufferedImage sheet) {
    RunFolder folder = RunFolder.of(spark.sparkContext().hadoopConfiguration(), output);
    String file = folder.writePicture(RunFolder.CONTACT_SHEET, PngEncoder.encode(sheet));
    new Staging(folder).sweep();
    return file;
  }
}
