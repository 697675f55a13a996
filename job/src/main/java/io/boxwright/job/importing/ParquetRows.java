package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.text.Printable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * The rows of a Parquet file as JSON: texts, numbers, truth values, lists and structs. Columns of
 * other types, such as dates, are refused.
 */
final class ParquetRows {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ParquetRows() {}

  /**
   * Reads a file.
   *
   * @throws InvalidInputException if it is no Parquet file, or a column has another type
   * @throws IOException if it cannot be read
   */
  static List<FileValue> read(SourceFile file) throws IOException {
    List<FileValue> rows = new ArrayList<>();
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), file.path())
            .withConf(file.configuration())
            .build()) {
      requireDistinctColumns(file);
      for (Group row = reader.read(); row != null; row = reader.read()) {
        String place = "%s, row %d".formatted(file.name(), rows.size() + 1);
        rows.add(new FileValue(place, toObject(row, place)));
      }
    } catch (InvalidInputException e) {
      throw e;
    } catch (RuntimeException e) { // Parquet throws it for broken files
      throw new InvalidInputException(
          "Cannot read %s: %s".formatted(file.name(), e.getMessage()), e);
    }
    return rows;
  }

  private static void requireDistinctColumns(SourceFile file) throws IOException {
    HadoopInputFile input = HadoopInputFile.fromPath(file.path(), file.configuration());
    Set<String> names = new HashSet<>();
    try (ParquetFileReader footer = ParquetFileReader.open(input)) {
      for (Type column : footer.getFileMetaData().getSchema().getFields()) {
        if (!names.add(column.getName())) {
          throw new InvalidInputException(
              "%s: there are two columns %s; rename or remove one"
                  .formatted(file.name(), Printable.name(column.getName())));
        }
      }
    }
  }

  private static ObjectNode toObject(Group group, String place) {
    ObjectNode object = NODES.objectNode();
    for (Type field : group.getType().getFields()) {
      String where = "%s, field %s".formatted(place, field.getName());
      int index = group.getType().getFieldIndex(field.getName());
      JsonNode value =
          group.getFieldRepetitionCount(index) == 0
              ? NODES.nullNode()
              : toNode(group, field, index, 0, where);
      object.set(field.getName(), value);
    }
    return object;
  }

  private static JsonNode toNode(Group group, Type type, int field, int index, String place) {
    if (type.isPrimitive()) {
      return toScalar(group, type.asPrimitiveType(), field, index, place);
    }
    Group inner = group.getGroup(field, index);
    return type.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation
        ? toList(inner, place)
        : toObject(inner, place);
  }

  /** Reads a list of the form that the Parquet specification wants, with three levels. */
  private static ArrayNode toList(Group list, String place) {
    ArrayNode items = NODES.arrayNode();
    GroupType type = list.getType();
    if (type.getFieldCount() != 1 || type.getType(0).isPrimitive()) {
      throw new InvalidInputException(
          "%s: it is a list of an old form; write the file again".formatted(place));
    }
    for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
      Group item = list.getGroup(0, i);
      items.add(
          item.getFieldRepetitionCount(0) == 0
              ? NODES.nullNode()
              : toNode(item, item.getType().getType(0), 0, 0, place));
    }
    return items;
  }

  private static JsonNode toText(Binary bytes, String place) {
    try {
      return NODES.textNode(
          StandardCharsets.UTF_8.newDecoder().decode(bytes.toByteBuffer()).toString());
    } catch (CharacterCodingException e) {
      throw new InvalidInputException("%s: it is not UTF-8".formatted(place), e);
    }
  }

  private static JsonNode toScalar(
      Group group, PrimitiveType type, int field, int index, String place) {
    LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
    boolean text = meaning instanceof StringLogicalTypeAnnotation;
    boolean number =
        meaning == null || meaning instanceof IntLogicalTypeAnnotation whole && whole.isSigned();
    PrimitiveTypeName stored = type.getPrimitiveTypeName();
    if (stored == PrimitiveTypeName.BINARY && text) {
      return toText(group.getBinary(field, index), place);
    }
    if (stored == PrimitiveTypeName.BOOLEAN) {
      return NODES.booleanNode(group.getBoolean(field, index));
    }
    if (stored == PrimitiveTypeName.INT32 && number) {
      return NODES.numberNode(group.getInteger(field, index));
    }
    if (stored == PrimitiveTypeName.INT64 && number) {
      return NODES.numberNode(group.getLong(field, index));
    }
    if (stored == PrimitiveTypeName.FLOAT) {
      return NODES.numberNode(group.getFloat(field, index));
    }
    if (stored == PrimitiveTypeName.DOUBLE) {
      return NODES.numberNode(group.getDouble(field, index));
    }
    throw new InvalidInputException(
        "%s: it is %s, but must be text, a number, a truth value, a list or a struct"
            .formatted(place, meaning == null ? stored : meaning));
  }
}
