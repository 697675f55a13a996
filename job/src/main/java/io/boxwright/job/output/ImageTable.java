package io.boxwright.job.output;

import io.boxwright.job.input.SparkNames;
import io.boxwright.udf.counters.GenerationCounters;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * The table of images in the folder {@code images} of an output folder, as Spark reads and writes
 * it.
 */
public final class ImageTable {

  private static final String COMMIT_PROTOCOL = "spark.sql.sources.commitProtocolClass";

  private final SparkSession spark;
  private final RunFolder folder;
  private final RunPlan plan;

  /** Makes a view of the image table in an output folder. */
  public ImageTable(SparkSession spark, RunFolder folder, RunPlan plan) {
    this.spark = spark;
    this.folder = folder;
    this.plan = plan;
  }

  /**
   * Writes chunks. There is no shuffle: the tasks that make the images write them, and each task
   * finishes its own chunk for good.
   *
   * @param images the images; partition {@code i} holds the rows of file {@code i}, in order
   * @param files the files of the chunks
   * @param counters the counters that the tasks' time of writing is added to
   * @param onFinished the receiver of each file when it is finished, on a thread of Spark
   */
  public void write(
      Dataset<Row> images,
      List<ChunkFile> files,
      GenerationCounters counters,
      Consumer<ChunkFile> onFinished) {
    String job = UUID.randomUUID().toString().substring(0, 8);
    ChunkCommitProtocol.begin(job, files, onFinished);
    ImageTableFormat.startCounting(job, counters);
    String before = spark.conf().get(COMMIT_PROTOCOL);
    spark.conf().set(COMMIT_PROTOCOL, ChunkCommitProtocol.class.getName());
    try {
      makeWriter(images).option(ChunkCommitProtocol.JOB, job).save(folder.images());
    } finally {
      spark.conf().set(COMMIT_PROTOCOL, before);
      ChunkCommitProtocol.end(job);
      ImageTableFormat.stopCounting(job);
    }
  }

  private DataFrameWriter<Row> makeWriter(Dataset<Row> images) {
    DataFrameWriter<Row> writer =
        images
            .write()
            .format(ImageTableFormat.class.getName())
            .mode(SaveMode.Append)
            .option(ChunkCommitProtocol.COMMIT, plan.commit().name())
            .option("maxRecordsPerFile", "0");
    folder.fence().ifPresent(fence -> writer.option(Fence.KEY, fence.toString()));
    makeFooter().forEach((key, value) -> writer.option(ImageWriteSupport.FOOTER + key, value));
    return writer;
  }

  private Map<String, String> makeFooter() {
    return Map.of(
        "plan", plan.hash(),
        "model", plan.modelHash(),
        "options", plan.optionsHash(),
        "versions", Versions.describe(spark.version()));
  }

  /** Reads files of the table. */
  public Dataset<Row> read(String... files) {
    return read(spark, files);
  }

  /**
   * Reads files of an image table with a session. Characters of patterns in the paths have no
   * special meaning.
   */
  public static Dataset<Row> read(SparkSession session, String... files) {
    return session.read().parquet(Stream.of(files).map(SparkNames::literal).toArray(String[]::new));
  }
}
