package io.boxwright.job.output;

import io.boxwright.job.input.RootCause;
import io.boxwright.text.Count;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * The content of the footer of a chunk's file.
 *
 * @param file the file with this footer
 * @param bytes the length of the file
 * @param images the number of rows in the file
 * @param failed the number of rows whose status is {@code error}
 * @param plan the hash of the plan that the chunk was made from
 * @param chunk the number of the chunk, as text
 * @param rows the {@link RowDigest} of its rows
 * @param versions the versions of the software that made it
 */
public record ChunkFooter(
    ChunkFile file,
    long bytes,
    long images,
    long failed,
    String plan,
    String chunk,
    String rows,
    String versions) {

  /** The footer's key of the {@link RowDigest} of the rows. */
  public static final String ROWS_KEY = ImageWriteSupport.ROWS;

  private static final String NONE = "none";

  /**
   * Reads a footer; the images are not read.
   *
   * @throws UncheckedIOException if the file is not a complete Parquet file; the message says why
   */
  static ChunkFooter read(Configuration configuration, Path folder, ChunkFile file) {
    Path path = new Path(folder, file.name());
    try {
      return read(HadoopInputFile.fromPath(path, configuration), file);
    } catch (IOException | RuntimeException e) { // the latter for files of other formats
      throw new UncheckedIOException(
          "it is not a complete Parquet file: %s".formatted(RootCause.message(e)),
          new IOException(e));
    }
  }

  private static ChunkFooter read(HadoopInputFile input, ChunkFile file) throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(input)) {
      Map<String, String> keys = reader.getFileMetaData().getKeyValueMetaData();
      return new ChunkFooter(
          file,
          input.getLength(),
          reader.getRecordCount(),
          Long.parseLong(keys.getOrDefault(ImageWriteSupport.FAILED, "0")),
          keys.getOrDefault(ImageWriteSupport.PLAN, NONE),
          keys.getOrDefault(ImageWriteSupport.CHUNK, NONE),
          keys.getOrDefault(ImageWriteSupport.ROWS, NONE),
          keys.getOrDefault(ImageWriteSupport.VERSIONS, NONE));
    }
  }

  /**
   * Finds why the file is not the chunk of a plan; returns nothing if it is.
   *
   * @param planHash the hash of that plan
   * @param expected the number of rows that the plan gives the chunk
   */
  Optional<String> findProblem(String planHash, long expected) {
    if (!plan.equals(planHash)) {
      return Optional.of("it belongs to a run with other settings");
    }
    if (!chunk.equals(String.valueOf(file.chunk()))) {
      return Optional.of("it holds chunk %s".formatted(chunk));
    }
    return images == expected
        ? Optional.empty()
        : Optional.of("it has %s instead of %d".formatted(Count.of(images, "row"), expected));
  }

  /** Returns whether both files are the same chunk of the same plan. */
  boolean standsFor(ChunkFooter other) {
    return plan.equals(other.plan) && chunk.equals(other.chunk) && images == other.images;
  }
}
