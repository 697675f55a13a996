package io.boxwright.diffusion.clip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.RegularFile;
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

  private static final int MOST_TOKENS = 1000;
  private static final int LONGEST_TOKEN = 1000;
  static final String CONFIG_FILE = "tokenizer_config.json";
  private static final String MAP_FILE = "special_tokens_map.json";
  private static final String DECODER = "added_tokens_decoder";
  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";

  /** The properties of a token, each true or false. */
  static final List<String> PROPERTIES =
      List.of("single_word", "lstrip", "rstrip", "normalized", "special");

  /**
   * Reads what the files say of the four tokens.
   *
   * @param config {@code tokenizer_config.json}
   * @param map {@code special_tokens_map.json}, which goes before it
   * @param known tokens whose properties are given elsewhere, by content
   * @param added where the four go, too
   */
  private record Named(
      Path folder,
      ObjectNode config,
      ObjectNode map,
      Map<String, ObjectNode> known,
      Map<String, ObjectNode> added) {

    /**
     * Adds a token that is given as text or as an object with its properties, in place of one of
     * the same content that was added before, and says its content.
     */
    private String add(String key, String defaultContent) {
      JsonNode value = map.has(key) ? map.get(key) : config.path(key);
      Path file = folder.resolve(map.has(key) ? MAP_FILE : CONFIG_FILE);
      boolean unset = value.isNull() || value.isMissingNode();
      String content = unset ? defaultContent : content(file, key, value);
      ObjectNode token = known.getOrDefault(content, describe(file, key, value, content));
      added.put(content, token.put("special", true));
      return content;
    }
  }

  static SpecialTokens read(Path folder, JsonNode tokenizerJson) {
    ObjectNode config = readIfPresent(folder.resolve(CONFIG_FILE));
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    Map<String, ObjectNode> added = new LinkedHashMap<>();
    if (config.hasNonNull(DECODER)) {
      addDecoder(folder.resolve(CONFIG_FILE), config.get(DECODER), added);
    } else {
      map = readIfPresent(folder.resolve(MAP_FILE));
      addTokens(folder.resolve("tokenizer.json"), tokenizerJson.path("added_tokens"), added);
    }
    Named named = new Named(folder, config, map, Map.copyOf(added), added);
    return new SpecialTokens(
        named.add("bos_token", START),
        named.add("eos_token", END),
        named.add("unk_token", END),
        named.add("pad_token", END),
        added);
  }

  /**
   * Returns whether a token is found whole in a prompt, or is one of CLIP's own, which all
   * vocabularies have.
   */
  boolean isSpecial(String token) {
    return added.containsKey(token) || token.equals(START) || token.equals(END);
  }

  /** Reads a JSON file; an empty object if there is none. */
  static ObjectNode readIfPresent(Path file) {
    return RegularFile.isListed(file)
        ? JsonConfig.read(file, ObjectNode.class)
        : JsonNodeFactory.instance.objectNode();
  }

  /** Adds tokens that are listed by their ids. */
  private static void addDecoder(Path file, JsonNode decoder, Map<String, ObjectNode> added) {
    if (!decoder.isObject()) {
      throw failure(file, DECODER, decoder, "an object");
    }
    requireFew(file, DECODER, decoder);
    for (Map.Entry<String, JsonNode> entry : decoder.properties()) {
      String key = DECODER + "." + Printable.value(entry.getKey());
      String content = content(file, key, entry.getValue());
      ObjectNode token = describe(file, key, entry.getValue(), content);
      added.put(content, token.put("id", id(file, key, entry.getKey())));
    }
  }

  /**
   * The most added tokens; the time that the library needs grows with the square of their number.
   */
  private static void requireFew(Path file, String key, JsonNode tokens) {
    if (tokens.size() > MOST_TOKENS) {
      throw new ModelLoadingException(
          "Cannot read %s: %s has %d tokens, at most %d are read"
              .formatted(file, key, tokens.size(), MOST_TOKENS));
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
    if (!tokens.isArray() && !tokens.isNull() && !tokens.isMissingNode()) {
      throw failure(file, "added_tokens", tokens, "a list");
    }
    requireFew(file, "added_tokens", tokens);
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

  /** Returns the content of a token that is given as text, or as an object with its properties. */
  private static String content(Path file, String key, JsonNode token) {
    JsonNode content = token.isObject() ? token.path("content") : token;
    if (!content.isTextual()
        || content.textValue().isBlank()
        || content.textValue().length() > LONGEST_TOKEN) {
      String name = token.isObject() ? key + ".content" : key;
      throw failure(
          file,
          name,
          content,
          "the text of a token, of at most %d characters".formatted(LONGEST_TOKEN));
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
