package io.boxwright.output;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON as the job writes it: keys in snake case, indented, without what is null. */
public final class Json {

  private static final String SEAL = "sha256";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  private Json() {}

  /** A record as text. */
  public static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A record as a file whose last key, {@code sha256}, is a hash of all others. */
  static byte[] sealed(Object value) throws IOException {
    ObjectNode json = MAPPER.valueToTree(value);
    return MAPPER.writeValueAsBytes(json.put(SEAL, hash(json)));
  }

  /**
   * Reads what {@link #sealed} gave.
   *
   * @throws IOException if a value or a key is not what was written, or there is no JSON at all
   */
  static <T> T unsealed(byte[] bytes, Class<T> type) throws IOException {
    if (!(MAPPER.readTree(bytes) instanceof ObjectNode json)) {
      throw new IOException("it holds no JSON object");
    }
    JsonNode seal = json.remove(SEAL);
    if (seal == null || !hash(json).equals(seal.asText())) {
      throw new IOException("its sha256 is not that of its content");
    }
    return MAPPER.treeToValue(json, type);
  }

  private static String hash(ObjectNode json) throws IOException {
    return new Hash().add(MAPPER.writeValueAsBytes(json)).hex();
  }
}
