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

/** The table of images, {@code images} in an output folder, as Spark reads and writes it. */
public final class ImageTable {

  private static final String COMMIT_PROTOCOL = "spark.sql.sources.commitProtocolClass";

  private final SparkSession spark;
  private final RunFolder folder;
  private final RunPlan plan;

  /** The image table in an output folder. */
  public ImageTable(SparkSession spark, RunFolder folder, RunPlan plan) {
    this.spark = spark;
    this.folder = folder;
    this.plan = plan;
  }

  /**
   * Writes chunks. Only maps: the tasks that make the images write them, and each chunk is finished
   * for good by its own task.
   *
   * @param images partition {@code i} holds the rows of file {@code i}, in order
   * @param files of the chunks
   * @param counters are told how long the tasks write
   * @param onFinished is told of each file when it is finished, on a thread of Spark
   */
  public void write(
      Dataset<Row> images,
      List<ChunkFile> files,
      GenerationCounters counters,
      Consumer<ChunkFile> onFinished) {
    String job = UUID.randomUUID().toString().substring(0, 8);
    ChunkCommitProtocol.begin(job, files, onFinished);
    ImageTableFormat.count(job, counters);
    String before = spark.conf().get(COMMIT_PROTOCOL);
    spark.conf().set(COMMIT_PROTOCOL, ChunkCommitProtocol.class.getName());
    try {
      writer(images).option(ChunkCommitProtocol.JOB, job).save(folder.images());
    } finally {
      spark.conf().set(COMMIT_PROTOCOL, before);
      ChunkCommitProtocol.end(job);
      ImageTableFormat.uncount(job);
    }
  }

  private DataFrameWriter<Row> writer(Dataset<Row> images) {
    DataFrameWriter<Row> writer =
        images
            .write()
            .format(ImageTableFormat.class.getName())
            .mode(SaveMode.Append)
            .option(ChunkCommitProtocol.COMMIT, plan.commit().name())
            .option("maxRecordsPerFile", "0");
    folder.fence().ifPresent(fence -> writer.option(ChunkCommitProtocol.FENCE, fence.toString()));
    footer().forEach((key, value) -> writer.option(ImageWriteSupport.FOOTER + key, value));
    return writer;
  }

  private Map<String, String> footer() {
    return Map.of(
        "plan", plan.hash(),
        "model", plan.modelHash(),
        "options", plan.optionsHash(),
        "versions", Versions.text(spark.version()));
  }

  /** Reads some files. */
  public Dataset<Row> read(String... files) {
    return read(spark, files);
  }

  /**
   * Reads files of an image table on a session. Their paths are no patterns, whatever they hold.
   */
  public static Dataset<Row> read(SparkSession session, String... files) {
    return session.read().parquet(Stream.of(files).map(SparkNames::literal).toArray(String[]::new));
  }
}
