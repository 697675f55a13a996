package io.boxwright.job.verification;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** A search for the damage in a Parquet file, by the checksums of its pages, column by column. */
public final class DamageReport {

  private final Configuration configuration;
  private final Path file;

  /** Prepares the search in a file that is not as it was written. */
  public DamageReport(Configuration configuration, Path file) {
    this.configuration = configuration;
    this.file = file;
  }

  /**
   * Finds the places that cannot be read or whose checksums are wrong, such as {@code
   * chunk-00001.parquet, rows 0 to 7, column prompt: ...}. If all pages are intact, returns one
   * sentence that says so.
   */
  public List<String> findPlaces() {
    List<String> places = new ArrayList<>();
    try (ParquetFileReader reader = open()) {
      MessageType schema = reader.getFileMetaData().getSchema();
      long firstRow = 0;
      for (int group = 0; group < reader.getRowGroups().size(); group++) {
        BlockMetaData rows = reader.getRowGroups().get(group);
        for (ColumnChunkMetaData column : rows.getColumns()) {
          checkColumn(schema, group, firstRow, rows.getRowCount(), column, places);
        }
        firstRow += rows.getRowCount();
      }
    } catch (IOException | RuntimeException e) { // Parquet throws many kinds of errors
      places.add("%s: its footer cannot be read: %s".formatted(file.getName(), findReason(e)));
    }
    return places.isEmpty()
        ? List.of(
            "%s: its pages are whole; the damage is in its footer or between pages"
                .formatted(file.getName()))
        : places;
  }

  private void checkColumn(
      MessageType schema,
      int group,
      long firstRow,
      long rows,
      ColumnChunkMetaData column,
      List<String> places) {
    String[] path = column.getPath().toArray();
    try (ParquetFileReader reader = open()) {
      ColumnDescriptor descriptor = schema.getColumnDescription(path);
      reader.setRequestedSchema((MessageType) keepOnly(schema, path, 0));
      var pages = reader.readRowGroup(group).getPageReader(descriptor);
      pages.readDictionaryPage();
      while (pages.readPage() != null) {} // each page's checksum is compared as it is read
    } catch (IOException | RuntimeException | OutOfMemoryError e) { // the last at broken lengths
      places.add(
          "%s, rows %d to %d, column %s: %s"
              .formatted(
                  file.getName(),
                  firstRow,
                  firstRow + rows - 1,
                  column.getPath().toDotString(),
                  findReason(e)));
    }
  }

  /** Returns a type with only one of its columns. */
  private static GroupType keepOnly(GroupType type, String[] path, int depth) {
    Type child = type.getType(path[depth]);
    Type kept = child.isPrimitive() ? child : keepOnly(child.asGroupType(), path, depth + 1);
    return type instanceof MessageType
        ? new MessageType(type.getName(), kept)
        : type.withNewFields(kept);
  }

  private ParquetFileReader open() throws IOException {
    ParquetReadOptions options =
        HadoopReadOptions.builder(configuration, file).usePageChecksumVerification(true).build();
    return ParquetFileReader.open(HadoopInputFile.fromPath(file, configuration), options);
  }

  private static String findReason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().findFirst().orElse("");
  }
}
