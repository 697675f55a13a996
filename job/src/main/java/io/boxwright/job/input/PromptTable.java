package io.boxwright.job.input;

import static org.apache.spark.sql.functions.col;

import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import io.boxwright.udf.table.PromptTables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The table of prompts. Its rows have an order, and each a position in it: files by path, then as
 * they stand in the file.
 */
public final class PromptTable {

  /** A name for the column of positions of rows, one that no table has. */
  public static final String POSITION = "_boxwright_position";

  private final SparkSession spark;
  private final ParquetFiles found;
  private final Dataset<Row> rows;
  private final PromptFiles files;
  private final List<String> notes;
  private final boolean repeating;

  private PromptTable(
      SparkSession spark,
      ParquetFiles found,
      Dataset<Row> rows,
      PromptFiles files,
      List<String> notes,
      boolean repeating) {
    this.spark = spark;
    this.found = found;
    this.rows = rows;
    this.files = files;
    this.notes = List.copyOf(notes);
    this.repeating = repeating;
  }

  /**
   * Opens Parquet files as one table, and checks that its columns are right and all of its files
   * readable. A column that some of the files lack is null in their rows.
   *
   * @param renamePrefix goes before the names of columns that the image table has itself; nothing:
   *     such columns are refused
   * @throws InvalidInputException if it cannot be read or a column is missing or of a wrong type
   */
  public static PromptTable read(SparkSession spark, String path, Optional<String> renamePrefix) {
    try {
      Configuration configuration = spark.sparkContext().hadoopConfiguration();
      ParquetFiles found = ParquetFiles.find(configuration, path);
      PromptFiles files = PromptFiles.read(configuration, found.files());
      PromptReader reader = new PromptReader(spark, found, files);
      Dataset<Row> rows = reader.read(newNames(reader.names(), renamePrefix));
      PromptTables.checkSchema(rows.drop(PromptReader.FILE, PromptReader.ROW).schema());
      List<String> notes = new ArrayList<>(reader.notes());
      if (!found.others().isEmpty()) {
        notes.add(
            Count.of(
                    found.others().size(),
                    "other file is not read: ",
                    "other files are not read, such as ")
                + found.others().get(0));
      }
      long repetitions = repetitions(rows, files.rows());
      if (repetitions > 0) {
        notes.add(repetitionNote(rows, repetitions));
      }
      return new PromptTable(spark, found, rows, files, notes, repetitions > 0);
    } catch (InvalidInputException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("%s, in %s".formatted(e.getMessage(), path), e);
    } catch (Exception | AssertionError e) { // Spark throws what it does not declare
      throw unreadable(path, e);
    }
  }

  /**
   * Counts the rows whose ids earlier rows have. An id takes all values of its row, so this reads
   * the whole table: a damaged page would otherwise come to light after hours.
   */
  private static long repetitions(Dataset<Row> rows, long count) {
    Dataset<Row> prompts = rows.drop(PromptReader.FILE, PromptReader.ROW);
    return count - PromptTables.identified(prompts).select("id").distinct().count();
  }

  private static String repetitionNote(Dataset<Row> rows, long repetitions) {
    return Arrays.asList(rows.columns()).contains("id")
        ? Count.of(
                repetitions,
                "row has the id of an earlier row, or repeats it without an id; its",
                "rows have the id of an earlier row, or repeat it without an id; their")
            + " image.path and default seed differ from that row's"
        : Count.of(
                repetitions,
                "row repeats an earlier row; it gets",
                "rows repeat an earlier row; each gets")
            + " an id and a default seed of its own";
  }

  /** The new names of columns that would be in the way of ours. */
  private static Map<String, String> newNames(List<String> names, Optional<String> prefix) {
    List<String> reserved = PromptTables.reservedColumns(names);
    if (reserved.isEmpty()) {
      return Map.of();
    }
    String list = reserved.stream().map(Printable::name).collect(Collectors.joining(", "));
    if (prefix.isEmpty()) {
      throw new IllegalArgumentException(
          "Invalid columns: the image table has columns of its own named %s; rename them, or give --rename-columns PREFIX"
              .formatted(list));
    }
    Map<String, String> newNames = new LinkedHashMap<>();
    reserved.forEach(name -> newNames.put(name, prefix.get() + name));
    List<String> after = names.stream().map(name -> newNames.getOrDefault(name, name)).toList();
    List<String> again = PromptTables.reservedColumns(after);
    if (!again.isEmpty() || Set.copyOf(after).size() < after.size()) {
      throw new IllegalArgumentException(
          "Invalid prefix '%s': with it before them, columns %s have names that are taken; choose another"
              .formatted(prefix.get(), list));
    }
    return newNames;
  }

  /** Where it is, so that whoever reads the plan finds it from any folder. */
  public String path() {
    return found.root().toString();
  }

  /**
   * Where that leads.
   *
   * @throws InvalidInputException if its file system cannot be reached any more
   */
  public ResolvedPath resolvedPath() {
    try {
      Configuration configuration = spark.sparkContext().hadoopConfiguration();
      return ResolvedPath.of(found.root().getFileSystem(configuration), found.root());
    } catch (IOException e) {
      throw unreadable(path(), e);
    }
  }

  /** What was not read as it is stored, a sentence each. */
  public List<String> notes() {
    return notes;
  }

  /**
   * Returns whether the files are still the ones that were read first.
   *
   * @throws InvalidInputException if they cannot be read any more
   */
  public boolean isUnchanged() {
    try {
      Configuration configuration = spark.sparkContext().hadoopConfiguration();
      return PromptFiles.read(configuration, found.files()).list().equals(files.list());
    } catch (IOException | RuntimeException e) { // the latter for files that are no Parquet
      throw unreadable(path(), e);
    }
  }

  /** Its files, in order. */
  public List<PromptFile> files() {
    return files.list();
  }

  /** How many rows it has. */
  public long count() {
    return files.rows();
  }

  /**
   * All rows, marked as {@link PromptTables#markInvalidText} does, and with a last column more,
   * {@link #POSITION}, from 0.
   */
  public Dataset<Row> withPosition() {
    Dataset<Row> told = repeating ? PromptTables.tellApart(positioned(), POSITION) : positioned();
    return told.select(last(told.columns(), POSITION));
  }

  private Dataset<Row> positioned() {
    Column position = files.positionOf(col(PromptReader.FILE)).plus(col(PromptReader.ROW));
    return PromptTables.markInvalidText(rows)
        .withColumn(POSITION, position)
        .drop(PromptReader.FILE, PromptReader.ROW);
  }

  /**
   * The rows of some chunks: partition {@code i} holds those of the {@code i}-th chunk, in order.
   *
   * @param chunks their numbers
   * @param chunkRows rows for each chunk
   */
  public Dataset<Row> inChunks(List<Integer> chunks, int chunkRows) {
    return new ChunkPartitioner(chunks, chunkRows).partition(withPosition(), POSITION);
  }

  /** The first rows, in any order. */
  public Dataset<Row> first(int count) {
    return positioned().filter(col(POSITION).lt(count)).drop(POSITION);
  }

  /** All columns, one of them last. */
  private static Column[] last(String[] columns, String last) {
    return Stream.concat(Arrays.stream(columns).filter(name -> !name.equals(last)), Stream.of(last))
        .map(SparkNames::column)
        .toArray(Column[]::new);
  }

  private static InvalidInputException unreadable(String path, Throwable e) {
    String file = RootCause.findFile(e).map(", in %s"::formatted).orElse("");
    return new InvalidInputException(
        "Cannot read prompts from %s: %s%s".formatted(path, RootCause.message(e), file), e);
  }
}
