package io.boxwright.job.output;

import io.boxwright.threads.DaemonThreads;
import io.boxwright.udf.counters.GenerationCounters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructType;

/**
 * Spark's Parquet format with files of {@link ImageFileWriter}, and with a time limit for a file
 * system that does not answer. Spark creates this class by its name.
 */
public final class ImageTableFormat extends ParquetFileFormat {

  /** The key, in Hadoop's settings, of the seconds that creating a file may take; default 300. */
  public static final String CREATE_TIMEOUT = "boxwright.output.create.timeout.seconds";

  private static final long serialVersionUID = 1;

  /**
   * The counters of tasks, by job, in the driver's process. Spark offers no other way to pass them
   * on.
   */
  private static final Map<String, GenerationCounters> COUNTERS = new ConcurrentHashMap<>();

  /** Lets the tasks of a {@link ChunkCommitProtocol#JOB} count how long they write. */
  static void startCounting(String job, GenerationCounters counters) {
    COUNTERS.put(job, counters);
  }

  /** Forgets the counters of a job. */
  static void stopCounting(String job) {
    COUNTERS.remove(job);
  }

  @Override
  public OutputWriterFactory prepareWrite(
      SparkSession spark,
      Job job,
      scala.collection.immutable.Map<String, String> options,
      StructType schema) {
    super.prepareWrite(spark, job, options, schema); // prepares the job for Parquet's write support
    job.getConfiguration().set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    return new ImpatientFactory(COUNTERS.get(job.getConfiguration().get(ChunkCommitProtocol.JOB)));
  }

  /**
   * A factory that gives up on a file if it is not created in time; then Spark tries the task
   * again.
   */
  private static final class ImpatientFactory extends OutputWriterFactory {

    private static final long serialVersionUID = 1;

    private final GenerationCounters counters;

    ImpatientFactory(GenerationCounters counters) {
      this.counters = counters;
    }

    @Override
    public String getFileExtension(TaskAttemptContext context) {
      return ".parquet";
    }

    @Override
    public OutputWriter newInstance(String path, StructType schema, TaskAttemptContext context) {
      int seconds = context.getConfiguration().getInt(CREATE_TIMEOUT, 300);
      SQLConf settings = SQLConf.get(); // the session's settings, which other threads do not know
      FutureTask<OutputWriter> creation =
          new FutureTask<>(
              () ->
                  SQLConf.withExistingConf(
                      settings,
                      () -> openWriter(new Path(path), schema, context.getConfiguration())));
      Thread thread = DaemonThreads.named("create " + path).newThread(creation);
      thread.start();
      try {
        return creation.get(seconds, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new IllegalStateException(
            "The file system did not create %s within %d s".formatted(path, seconds), e);
      } catch (ExecutionException e) {
        throw new IllegalStateException(
            "Cannot create %s: %s".formatted(path, e.getCause().getMessage()), e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while " + path + " was created", e);
      } finally {
        thread.interrupt();
      }
    }

    private OutputWriter openWriter(Path path, StructType schema, Configuration configuration) {
      int chunk = ChunkFile.parse(path).orElseThrow().chunk();
      try {
        return new ImageFileWriter(path, chunk, schema, configuration, counters);
      } catch (IOException e) {
        throw new UncheckedIOException(e.getMessage(), e);
      }
    }
  }
}
