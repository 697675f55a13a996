package io.boxwright.loading;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a JSON file of a diffusers folder into a record, whose components have the keys' names in
 * camel case ({@code hidden_size} is {@code hiddenSize}). A key that the file lacks gives null, so
 * a record with defaults has boxed components and fills them in its compact constructor, which also
 * refuses unsupported values with an {@link IllegalArgumentException}. Keys that the record does
 * not have are ignored.
 */
public final class JsonConfig {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // Python writes NaN and -Infinity
          .build();

  private JsonConfig() {}

  /**
   * Reads a file.
   *
   * @throws ModelLoadingException naming the file, if it is missing, no JSON, or refused by the
   *     record
   */
  public static <T> T read(Path file, Class<T> type) {
    return read(file, type, Map.of());
  }

  /**
   * Reads a file of which some keys are supported with one value only.
   *
   * @param fixed those keys, each with its value as JSON; a file that lacks one means that value
   * @throws ModelLoadingException naming the file, if it is missing, no JSON, or refused by the
   *     record, and the key, if another value is given
   */
  public static <T> T read(Path file, Class<T> type, Map<String, String> fixed) {
    try {
      JsonNode json = readObject(file);
      for (Map.Entry<String, String> entry : new TreeMap<>(fixed).entrySet()) {
        requireSupported(file, json, entry.getKey(), entry.getValue());
      }
      return JSON.treeToValue(json, type);
    } catch (IOException e) {
      throw new ModelLoadingException("Cannot read " + file + ": " + problem(e), e);
    }
  }

  /**
   * Reads a file that changes some values of a record of numbers and enums; a null changes none.
   *
   * @param defaults has the values of the keys that the file lacks
   * @throws ModelLoadingException naming the file, if it is missing, no JSON, or refused by the
   *     record, and a key that the record does not have
   */
  public static <T> T readOver(Path file, T defaults) {
    try {
      ObjectNode merged = JSON.valueToTree(defaults);
      for (Map.Entry<String, JsonNode> entry : readObject(file).properties()) {
        requireKnown(file, merged, entry.getKey());
        if (!entry.getValue().isNull()) {
          merged.set(entry.getKey(), entry.getValue());
        }
      }
      return JSON.readerFor(defaults.getClass())
          .without(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .readValue(merged);
    } catch (IOException e) {
      throw new ModelLoadingException("Cannot read " + file + ": " + problem(e), e);
    }
  }

  private static JsonNode readObject(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new ModelLoadingException("Cannot read " + file + ": it does not exist");
    }
    JsonNode json = JSON.readTree(file.toFile());
    if (!json.isObject()) {
      throw new ModelLoadingException("Cannot read " + file + ": it holds no JSON object");
    }
    return json;
  }

  private static void requireKnown(Path file, ObjectNode known, String key) {
    if (!known.has(key)) {
      throw new ModelLoadingException(
          "Cannot read %s: unknown key %s; keys are %s"
              .formatted(file, key, String.join(", ", (Iterable<String>) known::fieldNames)));
    }
  }

  private static void requireSupported(Path file, JsonNode json, String key, String supported)
      throws JsonProcessingException {
    JsonNode value = json.get(key);
    if (value != null && !sameValue(value, JSON.readTree(supported))) {
      throw new ModelLoadingException(
          "Cannot read %s: %s = %s is not supported, only %s"
              .formatted(file, key, value, supported));
    }
  }

  /** 1 and 1.0 are the same. */
  private static boolean sameValue(JsonNode value, JsonNode supported) {
    return value.isNumber() && supported.isNumber()
        ? value.asDouble() == supported.asDouble()
        : value.equals(supported);
  }

  private static String problem(IOException e) {
    if (e instanceof ValueInstantiationException && e.getCause() != null) {
      return e.getCause().getMessage();
    }
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      String key = mapping.getPath().get(mapping.getPath().size() - 1).getFieldName();
      return key + ": " + mapping.getOriginalMessage();
    }
    return e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.toString();
  }
}
