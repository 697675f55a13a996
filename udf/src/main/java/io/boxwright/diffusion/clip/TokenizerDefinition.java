package io.boxwright.diffusion.clip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.RegularFile;
import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The definition of CLIP's tokenizer for the HuggingFace tokenizers library: {@code
 * clip_tokenizer.json} next to this class with a folder's vocabulary, merges and special tokens put
 * in. Transformers 5 builds its {@code CLIPTokenizer} of the same pieces, also from a folder that
 * has a {@code tokenizer.json}.
 */
final class TokenizerDefinition {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The number of tokens that CLIP's text encoders read. */
  private static final int USUAL_MAX_LENGTH = 77;

  /** The largest length that counts; transformers writes 1e30 if it does not know the length. */
  private static final int LARGEST_MAX_LENGTH = 1_000_000;

  private static final String END_OF_WORD = "</w>";

  private static final String MAX_LENGTH = "model_max_length";

  private final Path folder;
  private final JsonNode vocabulary;
  private final ArrayNode merges;
  private final SpecialTokens specialTokens;

  /** The tokens of textual inversions, with their ids. */
  private final Map<String, Integer> learned = new LinkedHashMap<>();

  private TokenizerDefinition(
      Path folder, JsonNode vocabulary, ArrayNode merges, SpecialTokens specialTokens) {
    this.folder = folder;
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.specialTokens = specialTokens;
  }

  /** Reads {@code tokenizer.json} or, if there is none, {@code vocab.json}, {@code merges.txt}. */
  static TokenizerDefinition read(Path folder) {
    Path file = folder.resolve("tokenizer.json");
    if (RegularFile.isListed(file)) {
      JsonNode json = JsonConfig.read(file, JsonNode.class);
      JsonNode model = json.path("model");
      if (!model.path("vocab").isObject() || !model.path("merges").isArray()) {
        throw failure(folder, "tokenizer.json has no model.vocab or no model.merges");
      }
      return new TokenizerDefinition(
              folder,
              requireIds(folder, "tokenizer.json model.vocab", model.path("vocab")),
              checkedMerges(
                  folder, "tokenizer.json model.merges", model.path("merges"), model.path("vocab")),
              SpecialTokens.read(folder, json))
          .requireAllMerges("tokenizer.json model.merges");
    }
    JsonNode vocabulary = JsonConfig.read(requireFile(folder, "vocab.json"), JsonNode.class);
    return new TokenizerDefinition(
            folder,
            requireIds(folder, "vocab.json", vocabulary),
            checkedMerges(
                folder, "merges.txt", readMerges(requireFile(folder, "merges.txt")), vocabulary),
            SpecialTokens.read(folder, JsonNodeFactory.instance.objectNode()))
        .requireAllMerges("merges.txt");
  }

  private static JsonNode requireIds(Path folder, String where, JsonNode vocabulary) {
    Map<Integer, String> tokens = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
      JsonNode id = entry.getValue();
      String token = Printable.value(entry.getKey());
      if (!id.isInt() || id.intValue() < 0) {
        throw failure(
            folder,
            "the id of token %s in %s is %s, it must be a whole number of at least 0"
                .formatted(token, where, Printable.value(id)));
      }
      String other = tokens.put(id.intValue(), token);
      if (other != null) {
        throw failure(
            folder,
            "tokens %s and %s in %s have the same id %s".formatted(other, token, where, id));
      }
    }
    return vocabulary;
  }

  /** Checks that both parts of a merge, and what they become, are tokens. */
  private static ArrayNode checkedMerges(
      Path folder, String where, JsonNode merges, JsonNode vocabulary) {
    if (merges.size() > vocabulary.size()) {
      throw failure(
          folder,
          "%s has %s, but the vocabulary has %s"
              .formatted(
                  where, Count.of(merges.size(), "merge"), Count.of(vocabulary.size(), "token")));
    }
    for (JsonNode merge : merges) {
      List<String> parts = parts(merge);
      boolean known =
          parts.size() == 2
              && Stream.of(parts.get(0), parts.get(1), parts.get(0) + parts.get(1))
                  .allMatch(vocabulary::has);
      if (!known) {
        throw failure(
            folder,
            "%s has the merge %s, which is not of two tokens of the vocabulary that give a third"
                .formatted(where, Printable.value(merge)));
      }
    }
    return (ArrayNode) merges;
  }

  /**
   * Checks that every token is a byte, comes about by a merge, or is found whole. Otherwise the
   * list of merges is cut off, and prompts would be, too, into single letters.
   */
  private TokenizerDefinition requireAllMerges(String where) {
    Set<String> merged =
        StreamSupport.stream(merges.spliterator(), false)
            .map(merge -> String.join("", parts(merge)))
            .collect(Collectors.toSet());
    List<String> lost =
        vocabulary.properties().stream()
            .map(Map.Entry::getKey)
            .filter(token -> !isByte(token) && !merged.contains(token))
            .filter(token -> !specialTokens.isSpecial(token))
            .toList();
    if (!lost.isEmpty()) {
      throw failure(
          folder,
          "%s lacks merges: the vocabulary has %s that nothing gives, such as %s. If the file"
                  .formatted(where, Count.of(lost.size(), "token"), Printable.value(lost.get(0)))
              + " was cut off, copy it again");
    }
    return this;
  }

  /** Returns whether a token is a byte, which is written as a letter, perhaps with a word's end. */
  private static boolean isByte(String token) {
    String letter =
        token.endsWith(END_OF_WORD)
            ? token.substring(0, token.length() - END_OF_WORD.length())
            : token;
    return letter.length() == 1;
  }

  /** Reads a merge from {@code "a b"} or {@code ["a", "b"]}. */
  private static List<String> parts(JsonNode merge) {
    if (merge.isTextual()) {
      return List.of(merge.textValue().split(" ", -1));
    }
    return StreamSupport.stream(merge.spliterator(), false)
        .map(part -> part.isTextual() ? part.textValue() : "")
        .toList();
  }

  private static Path requireFile(Path folder, String name) {
    if (!RegularFile.isListed(folder.resolve(name))) {
      throw failure(folder, "there is no tokenizer.json and no " + name);
    }
    return folder.resolve(name);
  }

  private static ArrayNode readMerges(Path file) {
    ArrayNode merges = JsonNodeFactory.instance.arrayNode();
    RegularFile.readText(file)
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#version"))
        .forEach(merges::add);
    return merges;
  }

  /** Adds the tokens of textual inversions behind all others. */
  TokenizerDefinition withLearned(List<LearnedEmbedding> embeddings) {
    for (LearnedEmbedding embedding : embeddings) {
      for (String token : embedding.tokens()) {
        boolean known = vocabulary.has(token) || specialTokens.added().containsKey(token);
        if (known || learned.putIfAbsent(token, largestId() + 1 + learned.size()) != null) {
          throw embedding.failure(
              "the tokenizer has the token %s already; give another name: FILE:TOKEN"
                  .formatted(Printable.value(token)));
        }
      }
    }
    return this;
  }

  /** Returns the highest id of all tokens but those of textual inversions. */
  int largestId() {
    return IntStream.concat(
            StreamSupport.stream(vocabulary.spliterator(), false).mapToInt(JsonNode::intValue),
            specialTokens.added().keySet().stream().mapToInt(this::id))
        .max()
        .orElseThrow(); // special tokens are always there
  }

  /** Returns the tokens that the vocabulary lacks, with the ids that they must have. */
  Map<String, Integer> tokensBesideVocabulary() {
    Map<String, Integer> tokens = new LinkedHashMap<>(learned);
    specialTokens.added().keySet().stream()
        .filter(content -> !vocabulary.has(content))
        .forEach(content -> tokens.put(content, id(content)));
    return tokens;
  }

  /** Returns the number of tokens that the text encoder reads, start and end included. */
  int modelMaxLength() {
    Path file = folder.resolve(SpecialTokens.CONFIG_FILE);
    JsonNode length = SpecialTokens.readIfPresent(file).path(MAX_LENGTH);
    boolean known = length.isNumber() && length.doubleValue() <= LARGEST_MAX_LENGTH;
    if (!known && (length.isNumber() || length.isNull() || length.isMissingNode())) {
      return USUAL_MAX_LENGTH;
    }
    if (!length.canConvertToExactIntegral() || length.intValue() < 3) {
      throw failure(
          folder,
          "%s in %s is %s, it must be a whole number of at least 3"
              .formatted(MAX_LENGTH, SpecialTokens.CONFIG_FILE, Printable.value(length)));
    }
    return length.intValue();
  }

  /** Returns the id of the start token. */
  int startTokenId() {
    return id(specialTokens.startToken());
  }

  /** Returns the id of the end token. */
  int endTokenId() {
    return id(specialTokens.endToken());
  }

  /** Returns the id of the padding token. */
  int padTokenId() {
    return id(specialTokens.padToken());
  }

  /** Returns the definition in the format of {@code tokenizer.json}. */
  byte[] toJson() {
    try (InputStream template =
        TokenizerDefinition.class.getResourceAsStream("clip_tokenizer.json")) {
      ObjectNode json = (ObjectNode) JSON.readTree(template);
      specialTokens.added().forEach((content, token) -> addToken(json, content, token));
      learned.forEach((content, id) -> addLearned(json, content, id));
      putToken(json.path("post_processor").withArray("cls"), specialTokens.startToken());
      putToken(json.path("post_processor").withArray("sep"), specialTokens.endToken());
      ObjectNode model = (ObjectNode) json.path("model");
      model.put("unk_token", specialTokens.unknownToken());
      model.set("vocab", vocabulary);
      model.set("merges", merges);
      return JSON.writeValueAsBytes(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void addToken(ObjectNode json, String content, ObjectNode token) {
    json.withArray("added_tokens").add(token.deepCopy().put("id", id(content)));
  }

  /** Adds a token as {@code add_tokens} of transformers does: it is found in lower case. */
  private static void addLearned(ObjectNode json, String content, int id) {
    ObjectNode token = json.withArray("added_tokens").addObject();
    token.put("content", content).put("id", id);
    SpecialTokens.PROPERTIES.forEach(
        property -> token.put(property, property.equals("normalized")));
  }

  private void putToken(ArrayNode pair, String content) {
    pair.add(content).add(id(content));
  }

  private int id(String content) {
    JsonNode id = vocabulary.path(content);
    JsonNode addedId = specialTokens.added().get(content).path("id");
    if (!id.isInt() && !addedId.isInt()) {
      throw failure(folder, "the vocabulary has no token " + Printable.value(content));
    }
    return id.isInt() ? id.asInt() : addedId.asInt();
  }

  private static ModelLoadingException failure(Path folder, String problem) {
    return new ModelLoadingException("Cannot load tokenizer from " + folder + ": " + problem);
  }
}
