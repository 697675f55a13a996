package io.boxwright.clip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.boxwright.loading.JsonConfig;
import io.boxwright.loading.ModelLoadingException;
import io.boxwright.loading.RegularFile;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The special tokens of a tokenizer folder, found as transformers 5 finds them: {@code
 * tokenizer_config.json} rules if it has an {@code added_tokens_decoder}; else {@code
 * special_tokens_map.json} goes before it, and {@code tokenizer.json} describes the tokens.
 *
 * @param startToken {@code bos_token}
 * @param endToken {@code eos_token}
 * @param unknownToken {@code unk_token}
 * @param padToken {@code pad_token}; {@code !} in Stable Diffusion 2
 * @param added every token that is found in a prompt before it is split into words, in the form of
 *     {@code added_tokens} in {@code tokenizer.json}, by its content; the id may be missing
 */
record SpecialTokens(
    String startToken,
    String endToken,
    String unknownToken,
    String padToken,
    Map<String, ObjectNode> added) {

  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";

  private static final List<String> PROPERTIES =
      List.of("single_word", "lstrip", "rstrip", "normalized", "special");

  /** Special tokens in the making: what the files say of them. */
  private record Source(Path file, Map<String, ObjectNode> known, Map<String, ObjectNode> added) {

    /**
     * Adds a token that is given as text or as an object with its properties, in place of one of
     * the same content that was added before, and says its content.
     */
    private String add(ObjectNode named, String key, String defaultContent) {
      JsonNode value = named.path(key);
      String content = defaultContent;
      if (value.isObject()) {
        content = content(file, key, value);
      } else if (value.isTextual() && !value.textValue().isEmpty()) {
        content = value.textValue();
      } else if (!value.isMissingNode() && !value.isNull()) {
        throw failure(file, key, value, "text or an object");
      }
      JsonNode properties = value.isObject() ? value : JsonNodeFactory.instance.objectNode();
      ObjectNode token = known.getOrDefault(content, describe(file, key, properties, content));
      added.put(content, token.put("special", true));
      return content;
    }
  }

  static SpecialTokens read(Path folder, JsonNode tokenizerJson) {
    Path file = folder.resolve("tokenizer_config.json");
    ObjectNode named = readIfPresent(file);
    Map<String, ObjectNode> added = new LinkedHashMap<>();
    if (named.hasNonNull("added_tokens_decoder")) {
      addDecoder(file, named.get("added_tokens_decoder"), added);
    } else {
      named.setAll(readIfPresent(folder.resolve("special_tokens_map.json")));
      addTokens(folder.resolve("tokenizer.json"), tokenizerJson.path("added_tokens"), added);
    }
    Source source = new Source(file, Map.copyOf(added), added);
    return new SpecialTokens(
        source.add(named, "bos_token", START),
        source.add(named, "eos_token", END),
        source.add(named, "unk_token", END),
        source.add(named, "pad_token", END),
        added);
  }

  private static ObjectNode readIfPresent(Path file) {
    return RegularFile.isListed(file)
        ? JsonConfig.read(file, ObjectNode.class)
        : JsonNodeFactory.instance.objectNode();
  }

  /** Tokens by their id. */
  private static void addDecoder(Path file, JsonNode decoder, Map<String, ObjectNode> added) {
    if (!decoder.isObject()) {
      throw failure(file, "added_tokens_decoder", decoder, "an object");
    }
    for (Map.Entry<String, JsonNode> entry : decoder.properties()) {
      String key = "added_tokens_decoder." + Printable.value(entry.getKey());
      String content = content(file, key, entry.getValue());
      ObjectNode token = describe(file, key, entry.getValue(), content);
      added.put(content, token.put("id", id(file, key, entry.getKey())));
    }
  }

  private static int id(Path file, String key, String number) {
    if (!number.matches("\\d{1,9}")) {
      throw new ModelLoadingException(
          "Cannot read %s: the key %s must end in the id of a token".formatted(file, key));
    }
    return Integer.parseInt(number);
  }

  private static void addTokens(Path file, JsonNode tokens, Map<String, ObjectNode> added) {
    for (int i = 0; i < tokens.size(); i++) {
      String key = "added_tokens[%d]".formatted(i);
      JsonNode id = tokens.path(i).path("id");
      if (!id.isInt() || id.intValue() < 0) {
        throw failure(file, key + ".id", id, "a whole number of at least 0");
      }
      String content = content(file, key, tokens.path(i));
      added.put(content, describe(file, key, tokens.path(i), content).put("id", id.intValue()));
    }
  }

  private static String content(Path file, String key, JsonNode token) {
    JsonNode content = token.path("content");
    if (!content.isTextual() || content.textValue().isBlank()) {
      throw failure(file, key + ".content", content, "the text of a token");
    }
    return content.textValue();
  }

  private static ObjectNode describe(Path file, String key, JsonNode token, String content) {
    ObjectNode description = JsonNodeFactory.instance.objectNode().put("content", content);
    for (String property : PROPERTIES) {
      JsonNode value = token.path(property);
      if (!value.isMissingNode() && !value.isBoolean()) {
        throw failure(file, key + "." + property, value, "true or false");
      }
      description.put(property, value.booleanValue());
    }
    return description;
  }

  private static ModelLoadingException failure(
      Path file, String key, JsonNode value, String wanted) {
    return new ModelLoadingException(
        "Cannot read %s: %s is %s, it must be %s"
            .formatted(
                file, key, value.isMissingNode() ? "missing" : Printable.value(value), wanted));
  }
}
