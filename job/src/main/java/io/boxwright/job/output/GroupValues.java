package io.boxwright.job.output;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.PrimitiveStringifier;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * The values of a row or struct of a Parquet file. A column that the file lacks is null.
 *
 * @param group the row or struct
 */
public record GroupValues(Group group) {

  private boolean isNull(String name) {
    return !group.getType().containsField(name) || group.getFieldRepetitionCount(name) == 0;
  }

  /** Returns a text, or null; numbers and dates as people write them. */
  public String text(String name) {
    if (isNull(name)) {
      return null;
    }
    PrimitiveType type = group.getType().getType(name).asPrimitiveType();
    PrimitiveStringifier writer = type.stringifier();
    return switch (type.getPrimitiveTypeName()) {
      case INT32 -> writer.stringify(group.getInteger(name, 0));
      case INT64 -> writer.stringify(group.getLong(name, 0));
      case BINARY, FIXED_LEN_BYTE_ARRAY -> writer.stringify(group.getBinary(name, 0));
      default -> group.getValueToString(group.getType().getFieldIndex(name), 0);
    };
  }

  /**
   * Returns a whole number, or null.
   *
   * @throws IllegalArgumentException if it has a fraction or does not fit into 32 bits
   */
  public Integer number(String name) {
    if (isNull(name)) {
      return null;
    }
    PrimitiveTypeName type = group.getType().getType(name).asPrimitiveType().getPrimitiveTypeName();
    double value =
        switch (type) {
          case INT64 -> group.getLong(name, 0);
          case DOUBLE -> group.getDouble(name, 0); // pandas writes whole numbers with holes so
          default -> group.getInteger(name, 0);
        };
    if (value != (int) value) {
      throw new IllegalArgumentException(
          "Invalid %s: %s is not a whole number of 32 bits"
              .formatted(name, BigDecimal.valueOf(value).toPlainString()));
    }
    return (int) value;
  }

  /** Returns bytes, or null. */
  public byte[] bytes(String name) {
    return isNull(name) ? null : group.getBinary(name, 0).getBytes();
  }

  /** Returns a struct, or null. */
  public GroupValues struct(String name) {
    return isNull(name) ? null : new GroupValues(group.getGroup(name, 0));
  }

  /**
   * Returns the structs of a list; an empty list for null.
   *
   * @throws IllegalArgumentException if one of them is null
   */
  public List<GroupValues> structs(String name) {
    if (isNull(name)) {
      return List.of();
    }
    List<Group> elements = elements(group.getGroup(name, 0));
    if (elements.stream().anyMatch(element -> element.getFieldRepetitionCount(0) == 0)) {
      throw new IllegalArgumentException("Invalid %s: an element is null".formatted(name));
    }
    return elements.stream().map(element -> new GroupValues(element.getGroup(0, 0))).toList();
  }

  /** Returns the whole numbers of a list; an empty list for null. */
  public List<Integer> numbers(String name) {
    return isNull(name)
        ? List.of()
        : elements(group.getGroup(name, 0)).stream()
            .map(element -> element.getInteger(0, 0))
            .toList();
  }

  /** Returns the numbers of a list of lists; an empty list for null. */
  public List<List<Double>> doubleLists(String name) {
    return isNull(name)
        ? List.of()
        : elements(group.getGroup(name, 0)).stream()
            .map(element -> elements(element.getGroup(0, 0)))
            .map(edges -> edges.stream().map(edge -> edge.getDouble(0, 0)).toList())
            .toList();
  }

  private static List<Group> elements(Group list) {
    List<Group> elements = new ArrayList<>();
    for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
      elements.add(list.getGroup(0, i));
    }
    return elements;
  }
}
