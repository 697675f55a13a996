package io.boxwright.job.input;

import io.boxwright.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/** The files of a prompt table, in the order of their paths, with their columns and rows. */
final class PromptFiles {

  private final List<PromptFile> list = new ArrayList<>();
  private final Map<Path, ParquetColumns> columns = new LinkedHashMap<>();
  private final HashMap<String, Long> firstRows = new HashMap<>();
  private long rows;

  private PromptFiles() {}

  /**
   * Reads every file once, also for its hash, because prompt tables are small.
   *
   * @param paths the paths of the files, in order
   * @throws IOException naming the file that cannot be read
   */
  static PromptFiles read(Configuration configuration, List<Path> paths) throws IOException {
    int shared = measureSharedFolder(paths);
    PromptFiles files = new PromptFiles();
    for (Path path : paths) {
      files.add(configuration, path, path.toString().substring(shared));
    }
    return files;
  }

  private void add(Configuration configuration, Path path, String name) throws IOException {
    FileSystem fileSystem = path.getFileSystem(configuration);
    InputFile file = HadoopInputFile.fromPath(path, configuration);
    long count;
    try (ParquetFileReader reader = ParquetFileReader.open(file)) {
      count = reader.getRecordCount();
      columns.put(path, ParquetColumns.of(reader.getFooter()));
    } catch (IOException | RuntimeException e) { // the latter for broken footers
      throw unreadable(file, path.getName(), e);
    }
    if (columns.get(path).names().isEmpty()) { // older versions of Parquet do not open it
      throw new IOException("%s: %s".formatted(path.getName(), RawFooter.NO_COLUMNS));
    }
    long bytes = fileSystem.getFileStatus(path).getLen();
    list.add(new PromptFile(name, bytes, count, hash(fileSystem, path)));
    firstRows.put(path.toString(), rows);
    rows += count;
  }

  private static IOException unreadable(InputFile file, String name, Exception e) {
    String problem = "its footer cannot be read (%s); write it again".formatted(e.getMessage());
    try {
      problem = RawFooter.findFault(file).orElse(problem);
    } catch (IOException | RuntimeException damage) {
      e.addSuppressed(damage);
    }
    return new IOException("%s: %s".formatted(name, problem), e);
  }

  List<PromptFile> list() {
    return List.copyOf(list);
  }

  /** Returns the columns of each file, in the order of the files. */
  Map<Path, ParquetColumns> columns() {
    return Collections.unmodifiableMap(columns);
  }

  long rows() {
    return rows;
  }

  /** Returns a column with the position of a file's first row. */
  Column positionOf(Column filePath) {
    return functions.udf(new FirstRow(firstRows), DataTypes.LongType).apply(filePath);
  }

  /**
   * The position of a file's first row. Spark gives a path as a URI or as it is, depending on its
   * version.
   */
  private record FirstRow(HashMap<String, Long> firstRows) implements UDF1<String, Long> {

    @Override
    public Long call(String file) {
      Long first = firstRows.get(file);
      return first != null ? first : firstRows.get(new Path(URI.create(file)).toString());
    }
  }

  /** Returns the length of the path, with its last slash, of the folder that all files share. */
  private static int measureSharedFolder(List<Path> paths) {
    String first = paths.get(0).toString();
    String last = paths.get(paths.size() - 1).toString(); // sorted: what these two share, all do
    int shared = 0;
    int end = Math.min(first.length(), last.length());
    while (shared < end && first.charAt(shared) == last.charAt(shared)) {
      shared++;
    }
    return first.lastIndexOf('/', shared - 1) + 1;
  }

  private static String hash(FileSystem fileSystem, Path path) throws IOException {
    try (InputStream in = fileSystem.open(path)) {
      return Sha256.hex(in);
    }
  }
}
