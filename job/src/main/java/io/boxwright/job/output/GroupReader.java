package io.boxwright.job.output;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * A reader of some columns of a Parquet file, row by row, as executors read images without a
 * shuffle. It holds one row at a time; the caller closes it.
 */
public final class GroupReader implements AutoCloseable {

  private final Map<String, String> footer;
  private final ParquetReader<Group> reader;

  /**
   * Opens a file.
   *
   * @param columns the paths of the columns, such as {@code image.bytes}, with the names of
   *     Parquet's lists, such as {@code objects.list.element.label}; those that the file lacks are
   *     left out
   * @throws IOException if it cannot be read
   */
  public GroupReader(Configuration hadoop, String path, Set<String> columns) throws IOException {
    HadoopInputFile file = HadoopInputFile.fromPath(new Path(path), hadoop);
    FileMetaData metaData = readMetaData(file);
    MessageType all = metaData.getSchema();
    MessageType chosen = new MessageType(all.getName(), choose(all, "", columns));
    Configuration settings = new Configuration(hadoop);
    settings.set(ReadSupport.PARQUET_READ_SCHEMA, chosen.toString());
    footer = metaData.getKeyValueMetaData();
    reader =
        ParquetReader.builder(new GroupReadSupport(), new Path(path)).withConf(settings).build();
  }

  private static FileMetaData readMetaData(InputFile file) throws IOException {
    try (ParquetFileReader opened = ParquetFileReader.open(file)) {
      return opened.getFileMetaData();
    }
  }

  private static List<Type> choose(GroupType group, String prefix, Set<String> columns) {
    List<Type> chosen = new ArrayList<>();
    for (Type field : group.getFields()) {
      String path = prefix + field.getName();
      if (columns.contains(path)) {
        chosen.add(field);
      } else if (columns.stream().anyMatch(column -> column.startsWith(path + "."))) {
        GroupType inner = field.asGroupType();
        chosen.add(inner.withNewFields(choose(inner, path + ".", columns)));
      }
    }
    return chosen;
  }

  /** Returns the value of a key of the file's footer. */
  public Optional<String> footer(String key) {
    return Optional.ofNullable(footer.get(key));
  }

  /**
   * Reads the next row, if there is one.
   *
   * @throws IOException if it cannot be read
   */
  public Optional<GroupValues> next() throws IOException {
    return Optional.ofNullable(reader.read()).map(GroupValues::new);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
