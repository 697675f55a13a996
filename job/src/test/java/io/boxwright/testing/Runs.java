package io.boxwright.testing;

import io.boxwright.job.actions.GenerateImages;
import io.boxwright.job.actions.ReadStatus;
import io.boxwright.job.actions.VerifyImages;
import io.boxwright.job.report.RunStatus;
import io.boxwright.job.report.StatusReport;
import io.boxwright.job.report.VerifyResult;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Runs of the job in a folder, {@code prompts} to {@code out}, with a pipeline that has no model:
 * 20 rows, four of them a chunk.
 *
 * @param spark runs the jobs
 * @param folder for prompts and output
 */
public record Runs(SparkSession spark, Path folder) {

  /** How many rows there are. */
  public static final int ROWS = 20;

  /** Writes the prompts, with boxes and a column that passes through. */
  public Runs withPrompts() {
    spark
        .sql(
            "select if(id = 7, '', 'a cat ' || id) prompt, string(id) id, id * 10 seed,"
                + " array(array(0.1D, 0.1D, 0.6D, 0.6D)) bboxes, array(array(2)) token_indices,"
                + " map('k', id) extra from range(0, %d, 1, 3)".formatted(ROWS))
        .write()
        .parquet(folder.resolve("prompts").toString());
    return this;
  }

  /** An action, to be executed. */
  public GenerateImages action() {
    GuidedImageGenerator generator =
        new GuidedImageGenerator()
            .setModelUrl(TinyModel.FOLDER.toString())
            .setDeviceType(DeviceType.CPU)
            .setPipelineLoader(new StubLoader())
            .setBatchSize(2);
    return new GenerateImages(spark, generator)
        .input(folder.resolve("prompts").toString())
        .output(output().toString())
        .chunkRows(4)
        .command("the command");
  }

  /** The output folder. */
  public Path output() {
    return folder.resolve("out");
  }

  /** The folder of the chunks. */
  public Path images() {
    return output().resolve("images");
  }

  /** A chunk's file. */
  public Path chunk(int number) {
    return images().resolve("chunk-%05d.parquet".formatted(number));
  }

  /** Names of the files in a folder of the output, hidden ones included. */
  public List<String> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(output().resolve(name))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** What {@code verify} finds. */
  public VerifyResult verify() {
    return new VerifyImages(spark).execute(output().toString());
  }

  /** What {@code status} prints. */
  public String status() {
    RunStatus status = new ReadStatus(new Configuration()).execute(output().toString());
    StringWriter text = new StringWriter();
    new StatusReport(new PrintWriter(text)).print(status);
    return text.toString();
  }
}
