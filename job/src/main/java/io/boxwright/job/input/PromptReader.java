package io.boxwright.job.input;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import io.boxwright.text.Printable;
import io.boxwright.udf.table.PromptTables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Makes one table of Parquet files whose columns differ, as the files of different writers do: the
 * same column in the types of each, without values, or not there at all.
 */
final class PromptReader {

  /** Inner columns, by which a row knows its place. */
  static final String FILE = "_boxwright_file";

  static final String ROW = "_boxwright_row";

  /** The setting with which Spark reads columns whole: it fails where lists have nulls alone. */
  private static final String BY_BATCHES = "spark.sql.parquet.enableVectorizedReader";

  private static final String NTZ_EPOCH = "TIMESTAMP_NTZ '1970-01-01 00:00:00'";

  private final SparkSession spark;
  private final ParquetFiles found;
  private final List<Group> groups = new ArrayList<>();
  private final Map<String, String> notes = new TreeMap<>();
  private final Map<List<String>, Boolean> valued = new HashMap<>(); // by file and column

  /** Reads nothing yet. */
  PromptReader(SparkSession spark, ParquetFiles found, PromptFiles files) {
    this.spark = spark;
    this.found = found;
    spark.conf().set(ParquetColumns.NANOS_AS_LONG, "true");
    spark.conf().set(BY_BATCHES, "false");
    Map<String, Map<Path, ParquetColumns>> alike = new LinkedHashMap<>();
    files
        .columns()
        .forEach(
            (file, columns) ->
                alike
                    .computeIfAbsent(kind(file, columns), none -> new LinkedHashMap<>())
                    .put(file, columns));
    alike.values().forEach(this::addGroup);
  }

  /** Files that can be read together: they have the same columns and the same partitions. */
  private String kind(Path file, ParquetColumns columns) {
    FolderValues folders = FolderValues.of(found.root(), file);
    return String.join(
        "/",
        folders.base(),
        folders.values().keySet().toString(),
        columns.readable().catalogString(),
        columns.nanoseconds().toString(),
        columns.unreadable().toString());
  }

  /** A value of a column, before it is brought to the table's type. */
  private record Source(String value, DataType type) {}

  private record Group(String file, Dataset<Row> rows, Map<String, Source> columns) {}

  private void addGroup(Map<Path, ParquetColumns> files) {
    ParquetColumns columns = files.values().iterator().next();
    Path first = files.keySet().iterator().next();
    Map<String, List<String>> folders = collectFolderValues(files.keySet());
    checkNames(first, columns, folders.keySet());
    columns.unreadable().forEach((name, fault) -> noteUnreadable(name, fault, first));
    Dataset<Row> rows = open(files.keySet(), chooseSchema(first, columns, folders));
    Map<String, Source> sources = new LinkedHashMap<>();
    for (StructField field : rows.schema().fields()) {
      boolean ofFolder = folders.containsKey(field.name());
      sources.put(
          field.name(), source(field, ofFolder ? null : columns.nanoseconds().get(field.name())));
    }
    groups.add(new Group(first.toString(), rows, sources));
  }

  /** What the folders of some files say, by column. */
  private Map<String, List<String>> collectFolderValues(Set<Path> files) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (Path file : files) {
      FolderValues.of(found.root(), file)
          .values()
          .forEach((name, text) -> values.computeIfAbsent(name, n -> new ArrayList<>()).add(text));
    }
    return values;
  }

  private void checkNames(Path file, ParquetColumns columns, Set<String> folders) {
    requireDistinct(columns.names());
    Set<String> all = new LinkedHashSet<>(columns.names());
    all.addAll(folders);
    PromptTables.requireNoInnerColumns(all);
    try {
      PromptTables.checkSpelling(all).forEach((name, warning) -> note(name, warning, file));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s, in %s".formatted(e.getMessage(), file.getName()), e);
    }
  }

  /** The readable columns; the value of a folder goes before that of its files. */
  private StructType chooseSchema(
      Path file, ParquetColumns columns, Map<String, List<String>> folders) {
    StructType schema = new StructType();
    for (StructField field : columns.readable().fields()) {
      if (folders.keySet().stream().noneMatch(field.name()::equalsIgnoreCase)) {
        schema = schema.add(field);
      } else {
        note(
            field.name(),
            "column %s is taken from the name of the folder, not from the file"
                .formatted(Printable.name(field.name())),
            file);
      }
    }
    for (Map.Entry<String, List<String>> folder : folders.entrySet()) {
      schema =
          schema.add(folder.getKey(), FolderValues.findType(folder.getKey(), folder.getValue()));
    }
    return schema;
  }

  private Dataset<Row> open(Set<Path> files, StructType schema) {
    boolean folder = !found.files().equals(List.of(found.root()));
    var reader = spark.read().schema(schema).option("parquet.page.verify-checksum.enabled", true);
    return (folder ? reader.option("basePath", found.root().toString()) : reader)
        .parquet(
            files.stream().map(file -> SparkNames.literal(file.toString())).toArray(String[]::new));
  }

  /** Nanoseconds become what Spark has: microseconds. */
  private Source source(StructField field, Boolean utcNanoseconds) {
    String name = SparkNames.quoted(field.name());
    if (utcNanoseconds == null) {
      return new Source(name, field.dataType());
    }
    notes.put(
        field.name(), "column %s is read as microseconds".formatted(Printable.name(field.name())));
    return utcNanoseconds
        ? new Source("timestamp_micros(%s div 1000)".formatted(name), DataTypes.TimestampType)
        : new Source(
            "%s + make_dt_interval(0, 0, 0, cast(%s div 1000 as decimal(20, 0)) / 1000000)"
                .formatted(NTZ_EPOCH, name),
            DataTypes.TimestampNTZType);
  }

  private void noteUnreadable(String name, String fault, Path file) {
    if (PromptTables.isPromptColumn(name)) {
      throw new IllegalArgumentException(
          "Invalid %s column: %s, in %s".formatted(name, fault, file.getName()));
    }
    note(name, "column %s is left out: %s".formatted(Printable.name(name), fault), file);
  }

  private void note(String column, String sentence, Path file) {
    notes.put(column, "%s, in %s".formatted(sentence, file.getName()));
  }

  /** The names of all columns. */
  List<String> names() {
    return groups.stream().flatMap(group -> group.columns().keySet().stream()).distinct().toList();
  }

  /**
   * Reads the table, with {@link #FILE} and {@link #ROW} as its last columns.
   *
   * @param newNames of some columns, by name
   * @throws IllegalArgumentException naming a column that has types that do not go together
   */
  Dataset<Row> read(Map<String, String> newNames) {
    requireDistinct(names());
    Map<String, DataType> types = new LinkedHashMap<>();
    for (String name : names()) {
      tableType(name, newNames.getOrDefault(name, name)).ifPresent(type -> types.put(name, type));
    }
    return groups.stream()
        .map(group -> select(group, types, newNames))
        .reduce(Dataset::union)
        .orElseThrow();
  }

  /** What was read otherwise than it is stored, a sentence each. */
  List<String> notes() {
    return List.copyOf(notes.values());
  }

  /** Spark does not tell small letters from capitals in names. */
  private static void requireDistinct(List<String> names) {
    Map<String, String> seen = new LinkedHashMap<>();
    for (String name : names) {
      String other = seen.put(name.toLowerCase(Locale.ROOT), name);
      if (name.equals(other)) {
        throw new IllegalArgumentException(
            "Invalid columns: two are named %s; rename one".formatted(Printable.name(name)));
      }
      if (other != null) {
        throw new IllegalArgumentException(
            "Invalid columns: %s and %s differ in case only; rename one"
                .formatted(Printable.name(other), Printable.name(name)));
      }
    }
  }

  private Dataset<Row> select(
      Group group, Map<String, DataType> types, Map<String, String> newNames) {
    List<Column> columns = new ArrayList<>();
    types.forEach(
        (name, type) ->
            columns.add(expr(value(group, name, type)).as(newNames.getOrDefault(name, name))));
    columns.add(col("_metadata.file_path").as(FILE));
    columns.add(col("_metadata.row_index").as(ROW));
    return group.rows().select(columns.toArray(Column[]::new));
  }

  private String value(Group group, String name, DataType type) {
    Source source = group.columns().get(name);
    if (source == null) {
      return "cast(null as %s)".formatted(type.sql());
    }
    ColumnConversion conversion = new ColumnConversion(source.type(), type);
    if (conversion.isNone()) {
      return source.value();
    }
    return holdsValues(group, name)
        ? conversion.apply(source.value())
        : ColumnConversion.retyped(source.value(), source.type(), type);
  }

  /** The type of a column in the table; nothing if it is left out. */
  private Optional<DataType> tableType(String name, String newName) {
    List<Group> having =
        groups.stream().filter(group -> group.columns().containsKey(name)).toList();
    Map<String, DataType> types = types(having, name);
    if (fit(newName, types)) {
      return types.values().stream().findFirst();
    }
    List<Group> valued = having.stream().filter(group -> holdsValues(group, name)).toList();
    Map<String, DataType> valuedTypes = types(valued, name);
    boolean promptColumn = PromptTables.isPromptColumn(newName);
    if (valued.isEmpty()) {
      return promptColumn
          ? Optional.of(PromptTables.usualType(newName))
          : types.values().stream().findFirst();
    }
    if (fit(newName, valuedTypes)) {
      return valuedTypes.values().stream().findFirst();
    }
    return promptColumn
        ? Optional.of(promptType(name, newName, valued, valuedTypes))
        : metadataType(name, valued, valuedTypes);
  }

  /** The types of a column by their text, in which nullability does not count. */
  private static Map<String, DataType> types(List<Group> groups, String name) {
    Map<String, DataType> types = new LinkedHashMap<>();
    for (Group group : groups) {
      DataType type = group.columns().get(name).type();
      types.putIfAbsent(type.catalogString(), type);
    }
    return types;
  }

  /** Whether a column can stay as it is: with one type everywhere that a prompt column may have. */
  private static boolean fit(String newName, Map<String, DataType> types) {
    return types.size() == 1
        && (!PromptTables.isPromptColumn(newName)
            || PromptTables.isValidType(newName, types.values().iterator().next()));
  }

  private DataType promptType(
      String name, String newName, List<Group> valued, Map<String, DataType> types) {
    DataType type =
        ColumnConversion.commonType(newName, types.values())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Invalid %s column: it is %s, but must be %s"
                            .formatted(
                                newName,
                                places(valued, name, types),
                                PromptTables.usualType(newName).catalogString())));
    loss(valued, name, type)
        .ifPresent(
            loss -> {
              throw new IllegalArgumentException(
                  "Invalid %s column: it is %s, and not all of its values are %s, such as %s"
                      .formatted(newName, places(valued, name, types), type.catalogString(), loss));
            });
    return type;
  }

  private Optional<DataType> metadataType(
      String name, List<Group> valued, Map<String, DataType> types) {
    Optional<DataType> common = ColumnConversion.commonType(name, types.values());
    if (common.isPresent() && loss(valued, name, common.get()).isPresent()) {
      common = Optional.of(DataTypes.StringType);
    }
    String place = places(valued, name, types);
    String shown = Printable.name(name);
    notes.put(
        name,
        common
            .map(type -> "column %s is read as %s: it is %s".formatted(shown, type.sql(), place))
            .orElse("column %s is left out: it is %s".formatted(shown, place)));
    return common;
  }

  /** Such as "bigint in a.parquet, double in b.parquet". */
  private static String places(List<Group> valued, String name, Map<String, DataType> types) {
    if (types.size() == 1) {
      return types.keySet().iterator().next();
    }
    return types.keySet().stream()
        .map(
            type ->
                valued.stream()
                    .filter(group -> group.columns().get(name).type().catalogString().equals(type))
                    .findFirst()
                    .map(group -> type + " in " + fileName(group.file()))
                    .orElseThrow())
        .collect(Collectors.joining(", "));
  }

  /** A value that another type would change, if there is one. */
  private static Optional<String> loss(List<Group> groups, String name, DataType type) {
    return groups.stream()
        .map(
            group -> {
              Source source = group.columns().get(name);
              String loses = new ColumnConversion(source.type(), type).loses(source.value());
              return group
                  .rows()
                  .filter(expr(loses))
                  .select(expr("cast(%s as string)".formatted(source.value())))
                  .limit(1)
                  .collectAsList();
            })
        .flatMap(List::stream)
        .map(row -> row.getString(0))
        .findFirst();
  }

  /** Whether a column has a value in some file of a group; looked for once. */
  private boolean holdsValues(Group group, String name) {
    return valued.computeIfAbsent(
        List.of(group.file(), name), none -> hasValue(group.rows(), group.columns().get(name)));
  }

  private static boolean hasValue(Dataset<Row> rows, Source source) {
    return !rows.filter(expr(ColumnConversion.holdsValue(source.value(), source.type())))
        .select(expr("1"))
        .limit(1)
        .collectAsList()
        .isEmpty();
  }

  private static String fileName(String path) {
    return new Path(path).getName();
  }
}
