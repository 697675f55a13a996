package io.boxwright.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/**
 * What the footer of a chunk's file says.
 *
 * @param file whose footer it is
 * @param images how many rows the file has
 * @param failed those of them whose status is {@code error}
 * @param plan hash of the plan that it was made after
 */
public record ChunkFooter(ChunkFile file, long images, long failed, String plan) {

  /**
   * Reads a footer; the images are not read.
   *
   * @throws UncheckedIOException naming the file that is no whole Parquet file
   */
  static ChunkFooter read(Configuration configuration, Path folder, ChunkFile file) {
    Path path = new Path(folder, file.name());
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, configuration))) {
      Map<String, String> keys = reader.getFileMetaData().getKeyValueMetaData();
      return new ChunkFooter(
          file,
          reader.getRecordCount(),
          Long.parseLong(keys.getOrDefault(ImageWriteSupport.FAILED, "0")),
          keys.getOrDefault(ImageWriteSupport.FOOTER + "plan", "none"));
    } catch (IOException | RuntimeException e) { // the latter for files that are no Parquet
      throw new UncheckedIOException(
          "Cannot read %s: %s".formatted(path, e.getMessage()), new IOException(e));
    }
  }
}
