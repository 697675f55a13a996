package io.boxwright.job.input;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a Parquet file, as Spark reads them.
 *
 * @param readable the readable columns with their types; nanoseconds are whole numbers
 * @param nanoseconds the readable columns that are times in nanoseconds, and whether these are UTC
 * @param unreadable the faults of the other columns by name, a clause each
 */
record ParquetColumns(
    StructType readable, Map<String, Boolean> nanoseconds, Map<String, String> unreadable) {

  /** The setting with which Spark reads nanoseconds, which pandas writes, as whole numbers. */
  static final String NANOS_AS_LONG = "spark.sql.legacy.parquet.nanosAsLong";

  /** Reads a file's footer. Converts each column alone, to name those that cannot be read. */
  static ParquetColumns of(ParquetMetadata footer) {
    SQLConf conf = new SQLConf();
    conf.setConfString(NANOS_AS_LONG, "true");
    ParquetToSparkSchemaConverter converter = new ParquetToSparkSchemaConverter(conf);
    MessageType schema = footer.getFileMetaData().getSchema();
    Map<String, List<ColumnChunkMetaData>> chunks =
        footer.getBlocks().stream()
            .flatMap(block -> block.getColumns().stream())
            .collect(Collectors.groupingBy(chunk -> chunk.getPath().toArray()[0]));
    StructType readable = new StructType();
    Map<String, Boolean> nanoseconds = new LinkedHashMap<>();
    Map<String, String> unreadable = new LinkedHashMap<>();
    for (Type field : schema.getFields()) {
      String name = field.getName();
      Optional<String> fault =
          ColumnFault.find(schema, field, chunks.getOrDefault(name, List.of()));
      if (fault.isPresent()) {
        unreadable.put(name, fault.get());
        continue;
      }
      try {
        readable =
            readable.add(converter.convert(new MessageType(schema.getName(), field)).apply(0));
        if (ColumnFault.isNanoseconds(field.getLogicalTypeAnnotation())) {
          TimestampLogicalTypeAnnotation time =
              (TimestampLogicalTypeAnnotation) field.getLogicalTypeAnnotation();
          nanoseconds.put(name, time.isAdjustedToUTC());
        }
      } catch (Exception e) { // Spark throws checked exceptions that it does not declare
        unreadable.put(name, "Spark cannot read its type " + describeType(field));
      }
    }
    return new ParquetColumns(readable, nanoseconds, unreadable);
  }

  /** Returns the names of all columns, in any order. */
  List<String> names() {
    return Stream.concat(Stream.of(readable.fieldNames()), unreadable.keySet().stream()).toList();
  }

  private static String describeType(Type field) {
    if (field.getLogicalTypeAnnotation() != null) {
      return field.getLogicalTypeAnnotation().toString();
    }
    return field.isPrimitive()
        ? field.asPrimitiveType().getPrimitiveTypeName().toString()
        : "a group";
  }
}
