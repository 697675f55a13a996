package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.text.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A value in a file, with its place. Its methods read it as what it must be, and throw an {@link
 * InvalidInputException} that names file, line and field if it is something else.
 */
public final class FileValue {

  private final String place;
  private final String path;
  private final JsonNode node;

  /**
   * Creates the value of a whole record.
   *
   * @param place the file and the line, for messages
   * @param node the value
   */
  FileValue(String place, JsonNode node) {
    this(place, "", node);
  }

  private FileValue(String place, String path, JsonNode node) {
    this.place = place;
    this.path = path;
    this.node = node;
  }

  /** Returns the file and the line. */
  public String place() {
    return place;
  }

  JsonNode node() {
    return node;
  }

  /** Returns whether the value is an object that has a field. */
  boolean has(String field) {
    return node.hasNonNull(field);
  }

  boolean isArray() {
    return node.isArray();
  }

  /** Returns a field of an object. */
  public FileValue field(String name) {
    return find(name)
        .orElseThrow(
            () -> failure("field %s is missing".formatted(Printable.name(childPath(name)))));
  }

  /** Returns a field of an object, unless it is missing or null. */
  Optional<FileValue> find(String name) {
    if (!node.isObject()) {
      throw mustBe("an object with fields");
    }
    return has(name)
        ? Optional.of(new FileValue(place, childPath(name), node.get(name)))
        : Optional.empty();
  }

  private String childPath(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Returns the fields of an object by their names, in the order of the file. */
  Map<String, FileValue> fields() {
    if (!node.isObject()) {
      throw mustBe("an object with fields");
    }
    Map<String, FileValue> fields = new LinkedHashMap<>();
    node.properties()
        .forEach(
            field ->
                fields.put(
                    field.getKey(),
                    new FileValue(place, childPath(field.getKey()), field.getValue())));
    return fields;
  }

  /** Returns the items of a list. */
  List<FileValue> items() {
    if (!node.isArray()) {
      throw mustBe("a list");
    }
    List<FileValue> items = new ArrayList<>();
    for (JsonNode item : node) {
      items.add(new FileValue(place, "%s[%d]".formatted(path, items.size()), item));
    }
    return items;
  }

  /** Returns the items of a list of so many items. */
  List<FileValue> items(int count) {
    List<FileValue> items = items();
    if (items.size() != count) {
      throw mustBe("a list of %d".formatted(count));
    }
    return items;
  }

  /** Returns a text, or a number or truth value as text. */
  public String text() {
    if (!node.isValueNode() || node.isNull()) {
      throw mustBe("text");
    }
    return requireFinite().node.asText();
  }

  /** Refuses numbers that are larger than those of 64 bits, which would become infinite. */
  FileValue requireFinite() {
    if (isInfinite(node)) {
      throw failure("a number is infinite, or too large for 64 bits; write it as text");
    }
    return this;
  }

  private static boolean isInfinite(JsonNode node) {
    if (node.isFloatingPointNumber()) {
      return Double.isInfinite(node.doubleValue());
    }
    for (JsonNode inner : node) {
      if (isInfinite(inner)) {
        return true;
      }
    }
    return false;
  }

  /** Returns a whole number. */
  int wholeNumber() {
    if (!node.canConvertToInt() || !node.canConvertToExactIntegral()) {
      throw mustBe("a whole number");
    }
    return node.intValue();
  }

  /** Returns a number. */
  double number() {
    if (!node.isNumber()) {
      throw mustBe("a number");
    }
    return node.doubleValue();
  }

  /** Returns the numbers of a list; NaN for null. */
  List<Double> numbers() {
    return items().stream().map(item -> item.node.isNull() ? Double.NaN : item.number()).toList();
  }

  /** Returns another value at the same place. */
  FileValue with(JsonNode other) {
    return new FileValue(place, path, other);
  }

  /**
   * Makes something of this value. If that throws an {@link IllegalArgumentException}, its message
   * becomes that of an error that names the file, the line and the field.
   */
  <T> T make(Supplier<T> step) {
    try {
      return step.get();
    } catch (IllegalArgumentException e) {
      throw failure(e.getMessage());
    }
  }

  /** Returns an error that names the file, the line and the field. */
  InvalidInputException failure(String problem) {
    return new InvalidInputException(
        path.isEmpty()
            ? "%s: %s".formatted(place, problem)
            : "%s, field %s: %s".formatted(place, Printable.name(path), problem));
  }

  private InvalidInputException mustBe(String wanted) {
    String found =
        node.getNodeType() == JsonNodeType.STRING
            ? "'%s'".formatted(Printable.value(node.asText()))
            : Printable.value(
                node.isContainerNode()
                    ? node.isArray() ? "a list of " + node.size() : "an object"
                    : node.toString().toLowerCase(Locale.ROOT));
    return failure("it is %s, but must be %s".formatted(found, wanted));
  }
}
