package io.boxwright.job.actions;

import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.job.output.ImageTable;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.Staging;
import io.boxwright.job.report.Comparison;
import io.boxwright.job.report.ContactSheet;
import io.boxwright.job.report.RunResult;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the images of a table of prompts twice, from the same noise, without guidance and with the
 * generator's, into {@code unguided} and {@code guided} of an output folder; images that are there
 * already are replaced.
 */
public final class CompareGuidance {

  private static final Logger LOG = LoggerFactory.getLogger(CompareGuidance.class);
  private static final int CONTACT_SHEET_PAIRS = 8;

  private final SparkSession spark;
  private final GuidedImageGenerator generator;
  private String input;
  private String output;
  private String command = "boxwright demo";
  private PrintWriter console = new PrintWriter(Writer.nullWriter());
  private OrderlyStop stop;

  /** Runs on a session, with a generator that says with what model and how. */
  public CompareGuidance(SparkSession spark, GuidedImageGenerator generator) {
    this.spark = spark;
    this.generator = generator;
  }

  /** The prompt table, as of {@link GenerateImages#input}. Required. */
  public CompareGuidance input(String path) {
    input = path;
    return this;
  }

  /** The output folder. Required. */
  public CompareGuidance output(String folder) {
    output = folder;
    return this;
  }

  /** Where to say how far the images are; default: nowhere. */
  public CompareGuidance console(PrintWriter writer) {
    console = writer;
    return this;
  }

  /** The command that does the same again, for people. */
  public CompareGuidance command(String line) {
    command = line;
    return this;
  }

  /** What ends the runs when the process is told to end, as of {@link GenerateImages#stop}. */
  public CompareGuidance stop(OrderlyStop value) {
    stop = value;
    return this;
  }

  /**
   * Makes the images and a contact sheet of both kinds.
   *
   * @throws io.boxwright.job.input.InvalidInputException as {@link GenerateImages#execute} does
   * @throws JobFailedException as {@link GenerateImages#execute} does
   * @throws RunStoppedException as {@link GenerateImages#execute} does
   */
  public Comparison execute() {
    Guidance guidance = generator.guidance();
    RunResult unguided = generate("unguided", BackwardGuidance.none());
    RunResult guided = generate("guided", guidance);
    return new Comparison(unguided, guided, contactSheet(unguided, guided));
  }

  private RunResult generate(String name, Guidance guidance) {
    console.println(name);
    return new GenerateImages(spark, generator.setGuidance(guidance))
        .input(input)
        .output(new Path(output, name).toString())
        .existing(ExistingOutput.OVERWRITE)
        .command(command)
        .console(console)
        .stop(stop)
        .execute();
  }

  /** An extra: when it fails, the images are there all the same. */
  private Optional<String> contactSheet(RunResult unguided, RunResult guided) {
    try {
      return ContactSheet.compare(
              ImageTable.read(spark, unguided.table()),
              ImageTable.read(spark, guided.table()),
              CONTACT_SHEET_PAIRS)
          .map(this::write);
    } catch (Exception | LinkageError e) { // the latter where Java's graphics lack a library
      LOG.warn("There is no contact sheet: {}", e.toString());
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
