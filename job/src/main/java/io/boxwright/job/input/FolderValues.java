package io.boxwright.job.input;

import io.boxwright.text.Printable;
import io.boxwright.udf.table.PromptTables;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * The values that the folders of a file give to its rows, as {@code split=train} does. Spark makes
 * columns of them.
 *
 * @param base the folder that those folders are in; an empty text if there are none
 * @param values the texts by column, in the order of the folders
 */
record FolderValues(String base, Map<String, String> values) {

  FolderValues {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * Reads the names of folders as Spark does: the lowest folder that has a value, and those
   * directly above it that have one.
   *
   * @param root a folder above the file, or the file itself
   * @throws IllegalArgumentException naming the folder, if it lacks a name or a value, or has the
   *     name of another one
   */
  static FolderValues of(Path root, Path file) {
    LinkedList<Path> folders = new LinkedList<>();
    for (Path folder = file.getParent(); isBelow(root, folder); folder = folder.getParent()) {
      if (hasValue(folder)) {
        folders.addFirst(folder);
      } else if (!folders.isEmpty()) {
        break;
      }
    }
    if (folders.isEmpty()) {
      return new FolderValues("", Map.of());
    }
    Map<String, String> values = new LinkedHashMap<>();
    folders.forEach(folder -> add(folder.getName(), values));
    return new FolderValues(folders.getFirst().getParent().toString(), values);
  }

  private static boolean isBelow(Path root, Path folder) {
    return folder != null && folder.depth() > root.depth();
  }

  private static boolean hasValue(Path folder) {
    return folder.getName().contains("=");
  }

  private static void add(String folder, Map<String, String> values) {
    String[] parts = folder.split("=", 2);
    if (parts[0].isEmpty() || parts[1].isEmpty()) {
      throw new IllegalArgumentException(
          "Invalid folder %s: Spark needs a name before the = and a value after it; rename it"
              .formatted(Printable.name(folder)));
    }
    String name = ExternalCatalogUtils.unescapePathName(parts[0]);
    if (values.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
      throw new IllegalArgumentException(
          "Invalid folder %s: a folder above it has a value of that name, too; rename one"
              .formatted(Printable.name(folder)));
    }
    values.put(name, ExternalCatalogUtils.unescapePathName(parts[1]));
  }

  /**
   * Finds the type of a column that prints the values exactly as the folders have them, so {@code
   * 05} stays a text. Seeds are numbers however they are written, and other columns of prompts are
   * texts.
   *
   * @param column the column's name
   * @param texts the column's values, of all files
   */
  static DataType findType(String column, Collection<String> texts) {
    List<String> given =
        texts.stream()
            .filter(text -> !text.equals(ExternalCatalogUtils.DEFAULT_PARTITION_NAME()))
            .toList();
    return listTypes(column).stream()
        .filter(type -> !given.isEmpty() && given.stream().allMatch(type::prints))
        .map(FolderType::type)
        .findFirst()
        .orElse(DataTypes.StringType);
  }

  private static List<FolderType> listTypes(String column) {
    if (column.equals("seed")) {
      return List.of(FolderType.SEED);
    }
    return PromptTables.isPromptColumn(column) ? List.of() : FolderType.OTHERS;
  }

  /** A type, and a function that reads a text as this type and prints it again. */
  private record FolderType(DataType type, UnaryOperator<String> print) {

    static final FolderType SEED =
        new FolderType(
            DataTypes.LongType,
            text -> {
              Long.parseLong(text);
              return text;
            });

    static final List<FolderType> OTHERS =
        List.of(
            new FolderType(DataTypes.IntegerType, text -> "" + Integer.parseInt(text)),
            new FolderType(DataTypes.LongType, text -> "" + Long.parseLong(text)),
            new FolderType(DataTypes.DoubleType, text -> "" + Double.parseDouble(text)),
            new FolderType(DataTypes.DateType, text -> "" + LocalDate.parse(text)));

    boolean prints(String text) {
      try {
        return print.apply(text).equals(text);
      } catch (NumberFormatException | DateTimeException e) {
        return false;
      }
    }
  }
}
