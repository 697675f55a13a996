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
 * A reader of Parquet files whose columns differ, as the files of different writers do: the same
 * column may have different types, no values, or be missing. It makes one table of them.
 */
final class PromptReader {

  /** The inner column with the path of a row's file. */
  static final String FILE = "_boxwright_file";

  /** The inner column with the index of a row in its file. */
  static final String ROW = "_boxwright_row";

  /**
   * The setting with which Spark reads many rows at once. It fails for lists that hold only nulls.
   */
  private static final String BY_BATCHES = "spark.sql.parquet.enableVectorizedReader";

  private static final String NTZ_EPOCH = "TIMESTAMP_NTZ '1970-01-01 00:00:00'";

  private final SparkSession spark;
  private final ParquetFiles found;
  private final List<Group> groups = new ArrayList<>();
  private final Map<String, String> notes = new TreeMap<>();
  private final Map<List<String>, Boolean> valued = new HashMap<>(); // by file and column

  /** Groups the files by their columns, and checks the names. Reads no rows yet. */
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
                    .computeIfAbsent(describeKind(file, columns), none -> new LinkedHashMap<>())
                    .put(file, columns));
    alike.values().forEach(this::addGroup);
  }

  /**
   * Describes a file's columns and partitions. Files with the same description can be read
   * together.
   */
  private String describeKind(Path file, ParquetColumns columns) {
    FolderValues folders = FolderValues.of(found.root(), file);
    return String.join(
        "/",
        folders.base(),
        folders.values().keySet().toString(),
        columns.readable().catalogString(),
        columns.nanoseconds().toString(),
        columns.unreadable().toString());
  }

  /** An expression for a column's value, before it is brought to the table's type. */
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
          field.name(),
          makeSource(field, ofFolder ? null : columns.nanoseconds().get(field.name())));
    }
    groups.add(new Group(first.toString(), rows, sources));
  }

  /** Collects the values that the folders of some files give, by column. */
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

  /**
   * Chooses the readable columns. The value of a folder takes precedence over that of its files.
   */
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

  /**
   * Makes the source of a column. Nanoseconds become microseconds, because Spark has no
   * nanoseconds.
   */
  private Source makeSource(StructField field, Boolean utcNanoseconds) {
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

  /** Returns the names of all columns. */
  List<String> names() {
    return groups.stream().flatMap(group -> group.columns().keySet().stream()).distinct().toList();
  }

  /**
   * Reads the table, with {@link #FILE} and {@link #ROW} as its last columns.
   *
   * @param newNames the new names of some columns, by their old names
   * @throws IllegalArgumentException naming a column whose types do not go together
   */
  Dataset<Row> read(Map<String, String> newNames) {
    requireDistinct(names());
    Map<String, DataType> types = new LinkedHashMap<>();
    for (String name : names()) {
      chooseType(name, newNames.getOrDefault(name, name)).ifPresent(type -> types.put(name, type));
    }
    return groups.stream()
        .map(group -> select(group, types, newNames))
        .reduce(Dataset::union)
        .orElseThrow();
  }

  /** Returns notes on columns that are read otherwise than they are stored, a sentence each. */
  List<String> notes() {
    return List.copyOf(notes.values());
  }

  /** Refuses names that are equal, or differ in case only: Spark cannot tell these apart. */
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
            columns.add(expr(writeValue(group, name, type)).as(newNames.getOrDefault(name, name))));
    columns.add(col("_metadata.file_path").as(FILE));
    columns.add(col("_metadata.row_index").as(ROW));
    return group.rows().select(columns.toArray(Column[]::new));
  }

  private String writeValue(Group group, String name, DataType type) {
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
        : ColumnConversion.retype(source.value(), source.type(), type);
  }

  /** Chooses the type of a column in the table; nothing if it is left out. */
  private Optional<DataType> chooseType(String name, String newName) {
    List<Group> having =
        groups.stream().filter(group -> group.columns().containsKey(name)).toList();
    Map<String, DataType> types = collectTypes(having, name);
    if (fits(newName, types)) {
      return types.values().stream().findFirst();
    }
    List<Group> valued = having.stream().filter(group -> holdsValues(group, name)).toList();
    Map<String, DataType> valuedTypes = collectTypes(valued, name);
    boolean promptColumn = PromptTables.isPromptColumn(newName);
    if (valued.isEmpty()) {
      return promptColumn
          ? Optional.of(PromptTables.usualType(newName))
          : types.values().stream().findFirst();
    }
    if (fits(newName, valuedTypes)) {
      return valuedTypes.values().stream().findFirst();
    }
    return promptColumn
        ? Optional.of(choosePromptType(name, newName, valued, valuedTypes))
        : chooseMetadataType(name, valued, valuedTypes);
  }

  /** Collects the types of a column by their text, which leaves out nullability. */
  private static Map<String, DataType> collectTypes(List<Group> groups, String name) {
    Map<String, DataType> types = new LinkedHashMap<>();
    for (Group group : groups) {
      DataType type = group.columns().get(name).type();
      types.putIfAbsent(type.catalogString(), type);
    }
    return types;
  }

  /**
   * Returns whether a column can stay as it is: it has one type, which a prompt column may have.
   */
  private static boolean fits(String newName, Map<String, DataType> types) {
    return types.size() == 1
        && (!PromptTables.isPromptColumn(newName)
            || PromptTables.isValidType(newName, types.values().iterator().next()));
  }

  private DataType choosePromptType(
      String name, String newName, List<Group> valued, Map<String, DataType> types) {
    DataType type =
        ColumnConversion.findCommonType(newName, types.values())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Invalid %s column: it is %s, but must be %s"
                            .formatted(
                                newName,
                                describePlaces(valued, name, types),
                                PromptTables.usualType(newName).catalogString())));
    findLoss(valued, name, type)
        .ifPresent(
            loss -> {
              throw new IllegalArgumentException(
                  "Invalid %s column: it is %s, and has values that are not %s, such as %s"
                      .formatted(
                          newName,
                          describePlaces(valued, name, types),
                          type.catalogString(),
                          loss));
            });
    return type;
  }

  private Optional<DataType> chooseMetadataType(
      String name, List<Group> valued, Map<String, DataType> types) {
    Optional<DataType> common = ColumnConversion.findCommonType(name, types.values());
    if (common.isPresent() && findLoss(valued, name, common.get()).isPresent()) {
      common = Optional.of(DataTypes.StringType);
    }
    String place = describePlaces(valued, name, types);
    String shown = Printable.name(name);
    notes.put(
        name,
        common
            .map(type -> "column %s is read as %s: it is %s".formatted(shown, type.sql(), place))
            .orElse("column %s is left out: it is %s".formatted(shown, place)));
    return common;
  }

  /** Describes types, as in "bigint in a.parquet, double in b.parquet". */
  private static String describePlaces(
      List<Group> valued, String name, Map<String, DataType> types) {
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

  /** Finds a value that another type would change, if there is one. */
  private static Optional<String> findLoss(List<Group> groups, String name, DataType type) {
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

  /** Returns whether a column has a value in some file of a group. Looks for it only once. */
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
