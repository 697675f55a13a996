package io.boxwright.loading;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Reads a component's {@code config.json} into the component's own record. */
public final class ComponentConfig {

  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private ComponentConfig() {}

  /**
   * Reads a configuration. Keys that the record lacks are ignored, as diffusers ignores them.
   *
   * @param component for messages, such as {@code unet}
   * @param folder holds {@code config.json}
   * @param type the record; its constructor fills in defaults and checks
   * @param fixed keys of which only one value is supported, with that value as JSON; a file that lacks
   *     such a key means that value
   * @throws ModelLoadingException naming what is unreadable or not supported
   */
  public static <T> T read(
      String component, Path folder, Class<T> type, Map<String, String> fixed) {
    Path file = folder.resolve("config.json");
    try {
      JsonNode json = MAPPER.readTree(file.toFile());
      for (Map.Entry<String, String> entry : new TreeMap<>(fixed).entrySet()) {
        requireSupported(component, file, json, entry.getKey(), entry.getValue());
      }
      return MAPPER.treeToValue(json, type);
    } catch (ValueInstantiationException e) {
      throw new ModelLoadingException(
          "Cannot load %s from %s: %s".formatted(component, file, e.getCause().getMessage()), e);
    } catch (JsonProcessingException e) {
      throw new ModelLoadingException(
          "Cannot load %s from %s: %s".formatted(component, file, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new ModelLoadingException(
          "Cannot load %s: %s cannot be read".formatted(component, file), e);
    }
  }

  private static void requireSupported(
      String component, Path file, JsonNode json, String key, String supported)
      throws JsonProcessingException {
    JsonNode value = json.get(key);
    if (value == null || sameValue(value, MAPPER.readTree(supported))) {
      return;
    }
    throw new ModelLoadingException(
        "Cannot load %s from %s: %s = %s is not supported, only %s"
            .formatted(component, file, key, value, supported));
  }

  /** 1 and 1.0 are the same. */
  private static boolean sameValue(JsonNode value, JsonNode supported) {
    return value.isNumber() && supported.isNumber()
        ? value.asDouble() == supported.asDouble()
        : value.equals(supported);
  }
}
