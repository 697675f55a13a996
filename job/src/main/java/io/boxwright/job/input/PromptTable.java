package io.boxwright.job.input;

import static org.apache.spark.sql.functions.col;

import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import io.boxwright.udf.table.PromptTables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
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
 * The table of prompts. Each row has a position in the order of the table: files by path, then rows
 * as they are in their file.
 */
public final class PromptTable {

  /** The name of the column of rows' positions, which no table has itself. */
  public static final String POSITION = "_boxwright_position";

  /** The most rows whose ids the driver holds in memory. */
  private static final long FEW_ROWS = 100_000;

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
   * @param renamePrefix the prefix for names of columns that the image table has itself; if empty,
   *     such columns are refused
   * @throws InvalidInputException if the table cannot be read, or a column is missing or of a wrong
   *     type
   */
  public static PromptTable read(SparkSession spark, String path, Optional<String> renamePrefix) {
    try {
      Configuration configuration = spark.sparkContext().hadoopConfiguration();
      ParquetFiles found = ParquetFiles.find(configuration, path);
      PromptFiles files = PromptFiles.read(configuration, found.files());
      PromptReader reader = new PromptReader(spark, found, files);
      Dataset<Row> rows = reader.read(chooseNewNames(reader.names(), renamePrefix));
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
      long repetitions = countRepetitions(rows, files.rows());
      if (repetitions > 0) {
        notes.add(describeRepetitions(rows, repetitions));
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
   * Counts the rows whose ids earlier rows have. To compute ids takes all values of the rows, so
   * this reads the whole table and finds damaged pages, which would otherwise come to light after
   * hours.
   */
  private static long countRepetitions(Dataset<Row> rows, long count) {
    Dataset<Row> ids = PromptTables.findIds(rows.drop(PromptReader.FILE, PromptReader.ROW));
    // The driver counts few ids itself, because a shuffle takes longer.
    boolean few = count <= FEW_ROWS;
    return count - (few ? Set.copyOf(ids.collectAsList()).size() : ids.distinct().count());
  }

  private static String describeRepetitions(Dataset<Row> rows, long repetitions) {
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

  /** Chooses new names for columns whose names the image table uses itself. */
  private static Map<String, String> chooseNewNames(List<String> names, Optional<String> prefix) {
    List<String> reserved = PromptTables.findReservedColumns(names);
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
    Set<String> again = new HashSet<>(PromptTables.findReservedColumns(after));
    List<String> taken =
        reserved.stream()
            .filter(
                name ->
                    again.contains(newNames.get(name))
                        || Collections.frequency(after, newNames.get(name)) > 1)
            .map(Printable::name)
            .toList();
    if (!taken.isEmpty()) {
      throw new IllegalArgumentException(
          "Invalid prefix '%s': with it, names of columns are taken: %s; choose another"
              .formatted(prefix.get(), String.join(", ", taken)));
    }
    return newNames;
  }

  /** Returns the qualified path of the table, which the plan keeps. */
  public String path() {
    return found.root().toString();
  }

  /**
   * Returns the path of the table without links.
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

  /** Returns notes on everything that is not read as it is stored, a sentence each. */
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
    } catch (IOException | RuntimeException e) { // the latter for files that are not Parquet
      throw unreadable(path(), e);
    }
  }

  /** Returns the files of the table, in order. */
  public List<PromptFile> files() {
    return files.list();
  }

  /** Returns the number of rows. */
  public long count() {
    return files.rows();
  }

  /**
   * Returns all rows, marked as {@link PromptTables#markInvalidText} does, with {@link #POSITION},
   * counted from 0, as an additional last column.
   */
  public Dataset<Row> withPosition() {
    Dataset<Row> told =
        repeating ? PromptTables.tellApart(addPositions(), POSITION) : addPositions();
    return told.select(moveLast(told.columns(), POSITION));
  }

  private Dataset<Row> addPositions() {
    Column position = files.positionOf(col(PromptReader.FILE)).plus(col(PromptReader.ROW));
    return PromptTables.markInvalidText(rows)
        .withColumn(POSITION, position)
        .drop(PromptReader.FILE, PromptReader.ROW);
  }

  /**
   * Returns the rows of some chunks. Partition {@code i} holds those of the {@code i}-th chunk, in
   * order.
   *
   * @param chunks the numbers of the chunks, each larger than the one before
   * @param chunkRows the rows of a chunk
   */
  public ChunkPartitioner.PlacedRows inChunks(List<Integer> chunks, int chunkRows) {
    return new ChunkPartitioner(chunks, chunkRows).partition(withPosition(), POSITION);
  }

  /** Returns the first rows, in any order. */
  public Dataset<Row> first(int count) {
    return addPositions().filter(col(POSITION).lt(count)).drop(POSITION);
  }

  /** Returns all columns, with the given one last. */
  private static Column[] moveLast(String[] columns, String last) {
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
