package io.boxwright.job.input;

import io.boxwright.text.Printable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.ParquetRuntimeException;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** A reason why a column of a Parquet file cannot be read, or would be read as something else. */
final class ColumnFault {

  /** The name of a type that only newer versions of Parquet have a class for. */
  private static final String FLOAT16 = "FLOAT16";

  /** The encodings of nulls and of the lengths of lists, which every column has. */
  private static final Set<String> LEVELS = Set.of("RLE", "BIT_PACKED");

  private ColumnFault() {}

  /**
   * Looks for a fault of a column as the footer describes it.
   *
   * @param schema the schema of the whole file
   * @param field the column
   * @param chunks the chunks of the column and of everything nested in it, of all row groups
   * @return the fault and its remedy, a clause such as "it is float16; write it as float32"
   */
  static Optional<String> find(MessageType schema, Type field, List<ColumnChunkMetaData> chunks) {
    return Stream.<Optional<String>>of(
            chunks.stream().flatMap(chunk -> findCodecFault(chunk).stream()).findFirst(),
            chunks.stream().flatMap(chunk -> findEncodingFault(schema, chunk).stream()).findFirst(),
            findNameFault(field),
            findTypeFault(field))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> findCodecFault(ColumnChunkMetaData chunk) {
    String codec = chunk.getCodec().getHadoopCompressionCodecClassName();
    return codec == null || new Configuration(false).getClassByNameOrNull(codec) != null
        ? Optional.empty()
        : Optional.of(
            "Spark has no codec for its compression %s; write it with zstd or snappy"
                .formatted(chunk.getCodec()));
  }

  private static Optional<String> findEncodingFault(MessageType schema, ColumnChunkMetaData chunk) {
    ColumnDescriptor column = schema.getColumnDescription(chunk.getPath().toArray());
    return chunk.getEncodings().stream()
        .filter(encoding -> !LEVELS.contains(encoding.name()) && !encoding.usesDictionary())
        .filter(encoding -> !isReadable(encoding, column))
        .findFirst()
        .map("Spark cannot read its encoding %s; write it with another"::formatted);
  }

  private static boolean isReadable(Encoding encoding, ColumnDescriptor column) {
    try {
      encoding.getValuesReader(column, ValuesType.VALUES);
      return true;
    } catch (ParquetRuntimeException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static Optional<String> findNameFault(Type field) {
    if (field.isPrimitive()) {
      return Optional.empty();
    }
    Map<String, String> names = new HashMap<>();
    for (Type inner : field.asGroupType().getFields()) {
      String other = names.put(inner.getName().toLowerCase(Locale.ROOT), inner.getName());
      if (other != null) {
        return Optional.of(
            "Spark cannot tell its fields %s and %s apart; rename one"
                .formatted(Printable.name(other), Printable.name(inner.getName())));
      }
    }
    return field.asGroupType().getFields().stream()
        .flatMap(inner -> findNameFault(inner).stream())
        .findFirst();
  }

  private static Optional<String> findTypeFault(Type field) {
    for (LogicalTypeAnnotation type : listTypes(field).toList()) {
      if (type.toString().startsWith(FLOAT16)) {
        return Optional.of("it is float16, which Spark cannot read; write it as float32");
      }
      if (type instanceof TimeLogicalTypeAnnotation) { // newer Sparks know it, but not in tables
        return Optional.of("Spark cannot read its type " + type);
      }
      if (isNanoseconds(type) && !field.isPrimitive()) {
        return Optional.of(
            "Spark cannot read nanoseconds inside a list or struct; write microseconds");
      }
    }
    return Optional.empty();
  }

  /** Returns whether a type is a time in nanoseconds, which Spark reads as a number. */
  static boolean isNanoseconds(LogicalTypeAnnotation type) {
    return type instanceof TimestampLogicalTypeAnnotation time && time.getUnit() == TimeUnit.NANOS;
  }

  private static Stream<LogicalTypeAnnotation> listTypes(Type field) {
    Stream<LogicalTypeAnnotation> own = Stream.ofNullable(field.getLogicalTypeAnnotation());
    return field.isPrimitive()
        ? own
        : Stream.concat(
            own, field.asGroupType().getFields().stream().flatMap(ColumnFault::listTypes));
  }
}
