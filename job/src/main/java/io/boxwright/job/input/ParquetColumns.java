package io.boxwright.job.input;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a Parquet file, as Spark reads them.
 *
 * @param readable with their types; nanoseconds are whole numbers
 * @param nanoseconds which of them are times in nanoseconds, and whether these are UTC
 * @param unreadable what Spark cannot read: the Parquet type by the column's name
 */
record ParquetColumns(
    StructType readable, Map<String, Boolean> nanoseconds, Map<String, String> unreadable) {

  /** The setting with which Spark reads nanoseconds, which pandas writes, as whole numbers. */
  static final String NANOS_AS_LONG = "spark.sql.legacy.parquet.nanosAsLong";

  /** Of a file's schema; each column alone, so that one that cannot be read is known by name. */
  static ParquetColumns of(MessageType schema) {
    SQLConf conf = new SQLConf();
    conf.setConfString(NANOS_AS_LONG, "true");
    ParquetToSparkSchemaConverter converter = new ParquetToSparkSchemaConverter(conf);
    StructType readable = new StructType();
    Map<String, Boolean> nanoseconds = new LinkedHashMap<>();
    Map<String, String> unreadable = new LinkedHashMap<>();
    for (Type field : schema.getFields()) {
      if (isTimeOfDay(field)) { // newer versions of Spark know the type, but refuse it in a table
        unreadable.put(field.getName(), type(field));
        continue;
      }
      try {
        readable =
            readable.add(converter.convert(new MessageType(schema.getName(), field)).apply(0));
        if (field.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation time
            && time.getUnit() == TimeUnit.NANOS) {
          nanoseconds.put(field.getName(), time.isAdjustedToUTC());
        }
      } catch (Exception e) { // Spark throws checked exceptions that it does not declare
        unreadable.put(field.getName(), type(field));
      }
    }
    return new ParquetColumns(readable, nanoseconds, unreadable);
  }

  private static boolean isTimeOfDay(Type field) {
    return field.isPrimitive()
        ? field.getLogicalTypeAnnotation() instanceof TimeLogicalTypeAnnotation
        : field.asGroupType().getFields().stream().anyMatch(ParquetColumns::isTimeOfDay);
  }

  private static String type(Type field) {
    if (field.getLogicalTypeAnnotation() != null) {
      return field.getLogicalTypeAnnotation().toString();
    }
    return field.isPrimitive()
        ? field.asPrimitiveType().getPrimitiveTypeName().toString()
        : "a group";
  }
}
