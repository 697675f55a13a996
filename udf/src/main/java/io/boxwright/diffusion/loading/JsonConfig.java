package io.boxwright.diffusion.loading;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A reader of JSON files of diffusers folders into records. The components of a record have the
 * keys' names in camel case ({@code hidden_size} is {@code hiddenSize}). A key that the file lacks
 * gives null, so a record with defaults has boxed components and fills them in its compact
 * constructor. That constructor also refuses unsupported values with an {@link
 * IllegalArgumentException}. Keys that the record does not have are ignored.
 *
 * <p>Nothing is converted: a number in quotes, a fraction where a whole number belongs, a null in a
 * list and a duplicate key are refused. Messages name a wrong value by its path, such as {@code
 * block_out_channels[2]}.
 */
public final class JsonConfig {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // Python writes NaN and -Infinity
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfigDefaults(all -> all.setAcceptBlankAsEmpty(false)) // else " " is 0
          .withCoercionConfig(
              LogicalType.Textual,
              text -> {
                text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
              })
          .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
          .build();

  private JsonConfig() {}

  /**
   * Reads a file.
   *
   * @throws ModelLoadingException naming the file, if it is missing, is not JSON, or is refused by
   *     the record
   */
  public static <T> T read(Path file, Class<T> type) {
    return read(file, type, Map.of());
  }

  /**
   * Reads a file in which some keys are supported with one value only.
   *
   * @param fixed those keys, each with its value as JSON; a file that lacks one means that value
   * @throws ModelLoadingException naming the file, if it is missing, is not JSON, or is refused by
   *     the record; also naming the key, if another value is given
   */
  public static <T> T read(Path file, Class<T> type, Map<String, String> fixed) {
    ObjectNode json = readObject(file);
    for (Map.Entry<String, String> entry : new TreeMap<>(fixed).entrySet()) {
      requireSupported(file, json, entry.getKey(), entry.getValue());
    }
    return convert(file, json, type);
  }

  /**
   * Returns the components of a record of numbers, texts and enums, by the keys' names.
   *
   * @return the values in the order of the components
   */
  public static Map<String, Object> values(Record record) {
    return toMap(JSON.<ObjectNode>valueToTree(record));
  }

  private static Map<String, Object> toMap(ObjectNode json) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      JsonNode value = entry.getValue();
      values.put(entry.getKey(), value.isNull() ? null : JSON.convertValue(value, Object.class));
    }
    return values;
  }

  /**
   * Returns a record with some components changed.
   *
   * @param changes the new values by the keys' names; a null changes nothing
   * @throws IllegalArgumentException naming a key that the record does not have, or a value that it
   *     refuses
   */
  public static <T extends Record> T change(T record, Map<String, ?> changes) {
    ObjectNode merged = JSON.valueToTree(record);
    changes.forEach(
        (key, value) -> {
          requireKnown(merged, key);
          if (value != null) {
            merged.set(key, JSON.valueToTree(value));
          }
        });
    @SuppressWarnings("unchecked")
    Class<T> type = (Class<T>) record.getClass();
    try {
      return JSON.treeToValue(merged, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(describeProblem(merged, e), e);
    }
  }

  private static void requireKnown(ObjectNode known, String key) {
    if (!known.has(key)) {
      throw new IllegalArgumentException(
          "unknown option %s; options are %s"
              .formatted(
                  Printable.name(key), String.join(", ", (Iterable<String>) known::fieldNames)));
    }
  }

  /** Parses a text as a number or a truth value. Returns the text itself if it is neither. */
  public static Object parseScalar(String text) {
    try {
      JsonNode value = JSON.readTree(text);
      return value.isNumber() || value.isBoolean() ? value : text;
    } catch (JsonProcessingException e) {
      return text;
    }
  }

  /**
   * Reads a file that may have any keys.
   *
   * @return the values in the order of their keys; null for null
   * @throws ModelLoadingException naming the file, if it is missing or is not a JSON object
   */
  public static Map<String, Object> readMap(Path file) {
    return toMap(readObject(file));
  }

  private static ObjectNode readObject(Path file) {
    String text = RegularFile.readText(file);
    try {
      if (JSON.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (MismatchedInputException e) {
      throw failure(file, "there is more after its JSON", e);
    } catch (JsonProcessingException e) {
      throw failure(file, describeSyntaxProblem(e), e);
    }
    throw failure(file, "it holds no JSON object", null);
  }

  private static <T> T convert(Path file, ObjectNode json, Class<T> type) {
    try {
      return JSON.treeToValue(json, type);
    } catch (JsonProcessingException e) {
      throw failure(file, describeProblem(json, e), e);
    }
  }

  private static void requireSupported(Path file, JsonNode json, String key, String supported) {
    JsonNode value = json.get(key);
    if (value != null && !isSameValue(value, parseOwn(supported))) {
      throw failure(
          file,
          "%s = %s is not supported, only %s".formatted(key, Printable.value(value), supported),
          null);
    }
  }

  private static JsonNode parseOwn(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Returns whether two values are the same, as 1 and 1.0 are. */
  private static boolean isSameValue(JsonNode value, JsonNode supported) {
    return value.isNumber() && supported.isNumber()
        ? value.asDouble() == supported.asDouble()
        : value.equals(supported);
  }

  private static String describeSyntaxProblem(JsonProcessingException e) {
    JsonLocation place = e.getLocation();
    String where =
        place == null
            ? ""
            : " (line %d, column %d)".formatted(place.getLineNr(), place.getColumnNr());
    return Printable.value(e.getOriginalMessage()) + where;
  }

  private static String describeProblem(JsonNode json, JsonProcessingException e) {
    Throwable cause = e.getCause();
    if (cause instanceof IllegalArgumentException
        || cause != null && e instanceof ValueInstantiationException) {
      // the message of the value or its record, which names the key
      return nestedRecord(e) + cause.getMessage();
    }
    return e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()
        ? describeValueProblem(json, mapping)
        : e.getOriginalMessage();
  }

  /**
   * Names the key of a record inside a record that refuses a value, such as {@code vision_config}.
   */
  private static String nestedRecord(JsonProcessingException e) {
    return e instanceof ValueInstantiationException refused
            && refused.getType().isRecordType()
            && !refused.getPath().isEmpty()
        ? refused.getPath().get(0).getFieldName() + ": "
        : "";
  }

  /** Describes a wrong value by its path, such as {@code block_out_channels[2]}. */
  private static String describeValueProblem(JsonNode json, JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    JsonNode value = json;
    for (JsonMappingException.Reference step : e.getPath()) {
      String name = step.getFieldName();
      if (name == null && !value.isArray()) {
        break; // one value that stands for a list of one
      }
      value = name == null ? value.path(step.getIndex()) : value.path(name);
      path.append(name == null ? "[" + step.getIndex() + "]" : path.isEmpty() ? name : "." + name);
    }
    return "%s is %s, it must be %s"
        .formatted(Printable.value(path), Printable.value(value), describeWanted(e));
  }

  private static String describeWanted(JsonMappingException e) {
    if (e.getCause() instanceof InputCoercionException) {
      return "a whole number from %d to %d".formatted(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    Class<?> type = e instanceof MismatchedInputException m ? m.getTargetType() : null;
    if (type == null) {
      return "another value: " + e.getOriginalMessage();
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(" or "));
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return switch (type.getSimpleName()) {
      case "Integer", "int", "Long", "long" -> "a whole number";
      case "Double", "double" -> "a number";
      case "Boolean", "boolean" -> "true or false";
      case "String" -> "text";
      default -> "an object";
    };
  }

  private static ModelLoadingException failure(Path file, String problem, Exception cause) {
    return new ModelLoadingException("Cannot read " + file + ": " + problem, cause);
  }
}
