package io.boxwright.job.output;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import io.boxwright.files.Sha256;
import io.boxwright.text.Redaction;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The JSON format of the job: indented, with keys in snake case, without nulls and secrets. */
public final class Json {

  private static final String SEAL = "sha256";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(new SimpleModule().addSerializer(String.class, new Redacted()))
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  private Json() {}

  /** A serializer that takes secrets out of texts, such as commands, paths and messages. */
  private static final class Redacted extends StdScalarSerializer<String> {

    private static final long serialVersionUID = 1;

    Redacted() {
      super(String.class);
    }

    @Override
    public void serialize(String text, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(Redaction.of(text));
    }
  }

  /** Writes a record as text. */
  public static String toText(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes a record as the bytes of a file whose last key, {@code sha256}, is a hash of all others.
   */
  static byte[] writeSealed(Object value) throws IOException {
    ObjectNode json = MAPPER.valueToTree(value);
    return MAPPER.writeValueAsBytes(json.put(SEAL, hash(json)));
  }

  /**
   * Reads a record from the bytes that {@link #writeSealed} returned.
   *
   * @throws IOException if a key or a value is not as it was written, or the bytes are not JSON
   */
  static <T> T readSealed(byte[] bytes, Class<T> type) throws IOException {
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
    return Sha256.hex(MAPPER.writeValueAsBytes(json));
  }
}
