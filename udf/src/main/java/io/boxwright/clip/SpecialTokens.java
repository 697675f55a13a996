package io.boxwright.clip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.boxwright.loading.JsonConfig;
import java.nio.file.Files;
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

  static SpecialTokens read(Path folder, JsonNode tokenizerJson) {
    ObjectNode named = readIfPresent(folder.resolve("tokenizer_config.json"));
    Map<String, ObjectNode> added = new LinkedHashMap<>();
    if (named.has("added_tokens_decoder")) {
      named.get("added_tokens_decoder").properties().stream()
          .map(entry -> describe(entry.getValue()).put("id", Integer.parseInt(entry.getKey())))
          .forEach(token -> added.put(token.get("content").asText(), token));
    } else {
      named.setAll(readIfPresent(folder.resolve("special_tokens_map.json")));
      for (JsonNode token : tokenizerJson.path("added_tokens")) {
        added.put(token.path("content").asText(), describe(token));
      }
    }
    Map<String, ObjectNode> known = Map.copyOf(added);
    return new SpecialTokens(
        add(named.path("bos_token"), START, known, added),
        add(named.path("eos_token"), END, known, added),
        add(named.path("unk_token"), END, known, added),
        add(named.path("pad_token"), END, known, added),
        added);
  }

  private static ObjectNode readIfPresent(Path file) {
    return Files.exists(file)
        ? JsonConfig.read(file, ObjectNode.class)
        : JsonNodeFactory.instance.objectNode();
  }

  /**
   * Adds a token that is given as text or as an object with its properties, in place of one of the
   * same content that was added before, and says its content.
   *
   * @param known tokens whose properties are given elsewhere, by content
   */
  private static String add(
      JsonNode value,
      String defaultContent,
      Map<String, ObjectNode> known,
      Map<String, ObjectNode> added) {
    String content =
        value.isObject() ? value.path("content").asText() : value.asText(defaultContent);
    ObjectNode token = known.getOrDefault(content, describe(value).put("content", content));
    added.put(content, token.put("special", true));
    return content;
  }

  private static ObjectNode describe(JsonNode token) {
    ObjectNode description = JsonNodeFactory.instance.objectNode();
    description.put("content", token.path("content").asText());
    for (String key : PROPERTIES) {
      description.put(key, token.path(key).asBoolean(false));
    }
    if (token.has("id")) {
      description.set("id", token.get("id"));
    }
    return description;
  }
}
