package io.boxwright.job.output;

import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.udf.counters.GenerationCounters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.types.StructType;

/** A writer for the file of a chunk, which is sealed and on disk when the writer is closed. */
final class ImageFileWriter extends OutputWriter {

  /** Small row groups, so that readers need not hold hundreds of images at once. */
  private static final long ROW_GROUP_BYTES = 16 << 20;

  private final Path path;
  private final ParquetWriter<InternalRow> writer;
  private final GenerationCounters counters;

  /**
   * Creates the file.
   *
   * @param path the path of the file
   * @param chunk the number of the chunk
   * @param schema the schema of its rows
   * @param configuration Hadoop's settings, as Spark's Parquet prepares them
   * @param counters the counters that the time of writing is added to
   * @throws IOException if the file cannot be created
   */
  ImageFileWriter(
      Path path,
      int chunk,
      StructType schema,
      Configuration configuration,
      GenerationCounters counters)
      throws IOException {
    this.path = path;
    this.counters = counters;
    SealedOutputFile file =
        new SealedOutputFile(DurableFiles.unchecked(path.getFileSystem(configuration)), path);
    this.writer =
        new Builder(file, new ImageWriteSupport(file, chunk, schema))
            .withConf(configuration)
            .withCompressionCodec(CompressionCodecName.UNCOMPRESSED) // PNG is compressed already
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withMinRowCountForPageSizeCheck(1)
            .withDictionaryEncoding("image.bytes", false)
            .withPageWriteChecksumEnabled(true)
            .build();
  }

  @Override
  public void write(InternalRow row) {
    long start = System.nanoTime();
    try {
      writer.write(row);
    } catch (IOException e) {
      throw failed(e);
    } finally {
      counters.add(Stage.WRITE, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  @Override
  public void close() {
    long start = System.nanoTime();
    try {
      writer.close();
    } catch (IOException e) {
      throw failed(e);
    } finally {
      counters.add(Stage.WRITE, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  @Override
  public String path() {
    return path.toString();
  }

  private UncheckedIOException failed(IOException e) {
    return new UncheckedIOException("Cannot write %s: %s".formatted(path, e.getMessage()), e);
  }

  private static final class Builder extends ParquetWriter.Builder<InternalRow, Builder> {

    private final ImageWriteSupport support;

    Builder(OutputFile file, ImageWriteSupport support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Returns the write support. The newer form of this method does not exist in Spark 3.5's
     * Parquet.
     */
    @Override
    @SuppressWarnings("deprecation")
    protected WriteSupport<InternalRow> getWriteSupport(Configuration configuration) {
      return support;
    }
  }
}
