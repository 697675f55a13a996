package io.boxwright.job.actions;

import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.JobDescription;
import io.boxwright.job.input.PromptTable;
import io.boxwright.job.input.ResolvedPath;
import io.boxwright.job.output.ChunkScan;
import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.CommitMode;
import io.boxwright.job.output.DamagedFileException;
import io.boxwright.job.output.FolderContents;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunLock;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.RunRecorder;
import io.boxwright.job.output.Staging;
import io.boxwright.job.report.RunResult;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The action that turns a Parquet table of prompts into a Parquet table of images.
 *
 * <pre>{@code
 * RunResult result =
 *     new GenerateImages(spark, generator).input("prompts.parquet").output("out").execute();
 * }</pre>
 */
public final class GenerateImages {

  private static final Logger LOG = LoggerFactory.getLogger(GenerateImages.class);

  private final SparkSession spark;
  private final GuidedImageGenerator generator;
  private String input;
  private String output;
  private String renamePrefix;
  private Integer chunkRows;
  private CommitMode commit;
  private ExistingOutput existing = ExistingOutput.RESUME;
  private double maxFailedShare = FailureLimit.USUAL_SHARE;
  private String command = "boxwright generate";
  private PrintWriter console = new PrintWriter(Writer.nullWriter());
  private OrderlyStop stop;

  /** Runs on a session, with a generator that has the model and its settings. */
  public GenerateImages(SparkSession spark, GuidedImageGenerator generator) {
    this.spark = spark;
    this.generator = generator;
  }

  /**
   * Sets the prompt table: a Parquet file or a folder of them, on any Hadoop file system. Required.
   */
  public GenerateImages input(String path) {
    input = path;
    return this;
  }

  /** Sets the output folder; the image table goes into its {@code images}. Required. */
  public GenerateImages output(String folder) {
    output = folder;
    return this;
  }

  /**
   * Sets a prefix for the names of columns that the image table has itself, such as {@code image}.
   * Default: tables with such columns are refused.
   */
  public GenerateImages renameColumns(String prefix) {
    renamePrefix = prefix;
    return this;
  }

  /**
   * Sets the rows of a chunk; default null: the plan's, or if there is none, what suits the table.
   */
  public GenerateImages chunkRows(Integer rows) {
    chunkRows = rows;
    return this;
  }

  /**
   * Sets how finished files are marked; default null: the plan's mode, or if there is none, the one
   * that suits the file system.
   */
  public GenerateImages commit(CommitMode mode) {
    commit = mode;
    return this;
  }

  /** Sets the treatment of existing images; default {@link ExistingOutput#RESUME}. */
  public GenerateImages existing(ExistingOutput value) {
    existing = value;
    return this;
  }

  /**
   * Sets the share of the images that may fail, 0 to 1; default 0.05. If more fail, and at least
   * 20, the job ends. Rows that the checks refuse do not count; 1 means no limit.
   *
   * @throws InvalidInputException if the share is not between 0 and 1
   */
  public GenerateImages maxFailedShare(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new InvalidInputException(
          "Invalid max failed share: %s, it must be between 0 and 1".formatted(share));
    }
    maxFailedShare = share;
    return this;
  }

  /** Sets the writer that progress is printed to; default: none. */
  public GenerateImages console(PrintWriter writer) {
    console = writer;
    return this;
  }

  /** Sets the command, for people, that goes on with this run. */
  public GenerateImages command(String line) {
    command = line;
    return this;
  }

  /**
   * Sets the stop that ends the run when the process is told to end. The caller closes it. Default:
   * the run has one of its own while it is executed.
   */
  public GenerateImages stop(OrderlyStop value) {
    stop = value;
    return this;
  }

  /**
   * Checks everything, writes the plan, makes the missing images, and counts the results.
   *
   * @throws InvalidInputException before any image is made, if options or input are wrong, or the
   *     output folder is in use, has another plan, holds the input or lies in it
   * @throws JobFailedException if the images cannot be made or written, or another run has taken
   *     the folder; finished chunks stay
   * @throws DamagedFileException if the plan cannot be read any more
   * @throws RunStoppedException if the process was told to end; finished chunks stay
   */
  public RunResult execute() {
    return OrderlyStop.runAction(stop, console, command, spark.sparkContext(), this::checkAndMake);
  }

  private RunResult checkAndMake(OrderlyStop.Run run) {
    checkModel();
    PromptTable prompts =
        JobDescription.during(
            spark.sparkContext(), "Prompts: read and check " + input, this::readPrompts);
    RunFolder folder = RunFolder.of(spark.sparkContext().hadoopConfiguration(), output);
    requireApart(prompts, folder);
    new FolderContents(folder).prepare();
    return new LockedFolder(spark.sparkContext(), folder, command)
        .during(run, lock -> make(prompts, lock, run));
  }

  private PromptTable readPrompts() {
    PromptTable prompts = PromptTable.read(spark, input, Optional.ofNullable(renamePrefix));
    prompts.notes().forEach(note -> LOG.warn("{}: {}", prompts.path(), note));
    checkColumns(prompts);
    FirstRows.check(prompts);
    return prompts;
  }

  /** Checks the columns that only some settings need, such as those of an IP-Adapter. */
  private void checkColumns(PromptTable prompts) {
    try {
      generator.imageColumns(prompts.withPosition().schema());
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(e.getMessage(), e);
    }
  }

  /** Checks that input and output lie apart: a run could remove its prompts, or read its images. */
  private static void requireApart(PromptTable prompts, RunFolder folder) {
    ResolvedPath input = prompts.resolvedPath();
    ResolvedPath output = folder.resolvedPath();
    if (output.holds(input)) {
      throw new InvalidInputException(
          "Input %s lies in output folder %s, where runs remove files; name another output folder"
              .formatted(prompts.path(), folder.path()));
    }
    if (input.holds(output)) {
      throw new InvalidInputException(
          "Output folder %s lies in input folder %s, where its images would be read as prompts; name another"
              .formatted(folder.path(), prompts.path()));
    }
  }

  private RunResult make(PromptTable prompts, RunLock lock, OrderlyStop.Run run) {
    RunFolder folder = lock.folder();
    Planning planning = new Planning(generator, prompts, renamePrefix, folder);
    RunPlan plan =
        JobDescription.during(
            spark.sparkContext(),
            "Plan: " + folder.path(),
            () -> planning.plan(existing, chunkRows, commit));
    ChunkTable chunks = new ChunkTable(folder, plan);
    ChunkScan there = chunks.tidy();
    RunResult result;
    try (RunRecorder recorder = new RunRecorder(plan, lock, command, there)) {
      run.noteWork(recorder, chunks, plan);
      ImageWork work = new ImageWork(spark, maxFailedShare, console);
      result =
          new ChunkRun(work, generator, prompts, folder, plan, recorder)
              .run(there, existing, command);
    }
    new Staging(folder).sweep();
    return result;
  }

  private void checkModel() {
    try {
      generator.checkModel().forEach(LOG::warn);
      if (spark.sparkContext().isLocal()) {
        generator.checkDevice();
      }
    } catch (ModelLoadingException | IllegalArgumentException e) {
      throw new InvalidInputException(e.getMessage(), e);
    }
  }
}
