package io.boxwright.udf.table;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.clip.PhraseMatch;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.RequestLimits;
import io.boxwright.files.Sha256;
import io.boxwright.text.Count;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/**
 * One row of a prompt table, as it stands there. Reading never fails; what is wrong with the values
 * comes out when a request is made of them.
 *
 * @param id the row's own, else a hash of its content; the hash, too, where its own is no text
 * @param prompt may be null
 * @param negativePrompt may be null
 * @param seed the row's own, else a hash of the id: rows differ, and runs repeat
 * @param bboxes four edges each; values may be missing or wrong
 * @param tokenIndices a list for each box, or empty
 * @param phrases a phrase for each box, or empty
 * @param repetition how many rows before it have the same id, where the id is the row's own
 * @param invalidTexts what is no UTF-8, by column, see {@link InvalidText}
 */
public record PromptRow(
    String id,
    String prompt,
    String negativePrompt,
    long seed,
    List<List<Number>> bboxes,
    List<List<Number>> tokenIndices,
    List<String> phrases,
    int repetition,
    Map<String, String> invalidTexts) {

  /** Characters of an id; names and addresses of files are shorter. */
  static final int MOST_CHARACTERS_OF_ID = 4_096;

  /** Reads a row of a checked table. */
  public static PromptRow read(Row row, PromptSchema schema) {
    Values values = new Values(row, schema);
    String prompt = (String) values.get("prompt");
    String negativePrompt = (String) values.get("negative_prompt");
    Number seed = (Number) values.get("seed");
    List<List<Number>> bboxes = values.nestedNumbers("bboxes");
    List<List<Number>> tokenIndices = values.nestedNumbers("token_indices");
    List<String> phrases = values.strings("phrases");
    Map<String, String> invalidTexts = values.texts(InvalidText.COLUMN);
    Object ownId = invalidTexts.containsKey("id") ? null : values.get("id");
    List<Object> content = new ArrayList<>();
    content.addAll(Arrays.asList(prompt, negativePrompt, seed, bboxes, tokenIndices, phrases));
    content.addAll(
        invalidTexts.values()); // else rows that differ in their wrong bytes are the same
    Number repetitions = (Number) values.get(PromptTables.REPETITION);
    int repetition = repetitions == null ? 0 : repetitions.intValue();
    if (ownId == null && repetition > 0) {
      content.add(repetition);
    }
    String id = ownId == null ? hash(content).substring(0, 16) : ownId.toString();
    int ownRepetition = ownId == null ? 0 : repetition; // a hash differs anyway
    long rowSeed = seed == null ? defaultSeed(name(id, ownRepetition)) : seed.longValue();
    return new PromptRow(
        id,
        prompt,
        negativePrompt,
        rowSeed,
        bboxes,
        tokenIndices,
        phrases,
        ownRepetition,
        invalidTexts);
  }

  /** What no other row of the table has: its id, unless other rows have that, too. */
  String name() {
    return name(id, repetition);
  }

  private static String name(String id, int repetition) {
    return repetition == 0 ? id : id + "\0" + repetition;
  }

  /** What is wrong with the row as far as that is seen without a model. */
  Optional<String> problem() {
    try {
      checkedRequest();
      boxes();
      checkedTokens();
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * Makes the request of the row's first image. The prompt is cut into tokens after all checks that
   * need no tokens, and only here.
   *
   * @param tokenizer the pipeline's
   * @return a request with its {@link GenerationRequest#tokens}
   * @throws IllegalArgumentException saying what is wrong with the row
   */
  public GenerationRequest request(CLIPTokenizer tokenizer) {
    GenerationRequest plain = checkedRequest();
    List<BoundingBox> boxes = boxes();
    List<List<Integer>> tokens = checkedTokens();
    GenerationRequest tokenized = plain.tokenized(tokenizer);
    return boxes.isEmpty() ? tokenized : withLayout(tokenized, tokenizer, boxes, tokens);
  }

  /**
   * Returns the request without its layout, after the checks that need neither tokens nor boxes.
   */
  private GenerationRequest checkedRequest() {
    requireText();
    GenerationRequest plain = new GenerationRequest(prompt, negativePrompt, seed, List.of());
    checkCounts();
    return plain;
  }

  private List<BoundingBox> boxes() {
    return RelativeBoxes.read("bboxes", bboxes);
  }

  private void requireText() {
    if (!invalidTexts.isEmpty()) {
      String column = invalidTexts.keySet().iterator().next();
      throw new IllegalArgumentException("Invalid %s: it is no valid UTF-8".formatted(column));
    }
    RequestLimits.requireLength("id", id, MOST_CHARACTERS_OF_ID);
    if (prompt == null) {
      throw new IllegalArgumentException("Invalid prompt: it is null");
    }
    if (prompt.isBlank()) {
      throw new IllegalArgumentException("Invalid prompt: it is empty");
    }
  }

  /**
   * Adds the layout to a request.
   *
   * @param tokens a list for each box; none if phrases give them
   */
  private GenerationRequest withLayout(
      GenerationRequest request,
      CLIPTokenizer tokenizer,
      List<BoundingBox> boxes,
      List<List<Integer>> tokens) {
    Function<List<Integer>, String> text = own -> tokenizer.text(request.tokens(), own);
    if (tokens.isEmpty()) {
      List<PhraseMatch> matches = tokenizer.findPhrases(request.tokens(), phrases);
      return request.withLayout(
          objects(boxes, matches.stream().map(PhraseMatch::tokenIndices).toList(), text),
          matches.stream().flatMap(match -> match.warnings().stream()).distinct().toList());
    }
    return request.withLayout(
        objects(boxes, tokens, text),
        phrases.isEmpty()
            ? List.of()
            : tokenizer.contradictions(request.tokens(), phrases, tokens));
  }

  /** The row's own token indices, a list for each box; none if phrases give them. */
  private List<List<Integer>> checkedTokens() {
    IntStream.range(0, phrases.size()).forEach(this::checkPhrase);
    return IntStream.range(0, tokenIndices.size()).mapToObj(this::tokens).toList();
  }

  /**
   * Makes the objects of the layout. Boxes with the same tokens are boxes of one object. An object
   * without a phrase of its own is called what its tokens say.
   */
  private List<LayoutObject> objects(
      List<BoundingBox> boxes, List<List<Integer>> tokens, Function<List<Integer>, String> text) {
    Map<List<Integer>, List<Integer>> placesByTokens = new LinkedHashMap<>();
    for (int place = 0; place < boxes.size(); place++) {
      placesByTokens.computeIfAbsent(tokens.get(place), own -> new ArrayList<>()).add(place);
    }
    List<LayoutObject> objects = new ArrayList<>();
    placesByTokens.forEach(
        (own, places) -> {
          String phrase = phrases.isEmpty() ? null : phrases.get(places.get(0));
          String label = phrase == null || phrase.isBlank() ? text.apply(own) : phrase;
          objects.add(new LayoutObject(label, own, places.stream().map(boxes::get).toList()));
        });
    return objects;
  }

  private void checkCounts() {
    RequestLimits.requireCount("bboxes", bboxes.size(), "boxes", RequestLimits.BOXES);
    if (!tokenIndices.isEmpty()) {
      requireCount("token_indices", tokenIndices.size());
    }
    if (!phrases.isEmpty()) {
      requireCount("phrases", phrases.size());
    }
    if (!bboxes.isEmpty() && tokenIndices.isEmpty() && phrases.isEmpty()) {
      throw new IllegalArgumentException("Invalid layout: bboxes without token_indices or phrases");
    }
  }

  private void requireCount(String column, int count) {
    if (count != bboxes.size()) {
      throw new IllegalArgumentException(
          "Invalid layout: %s, but %d in %s"
              .formatted(Count.of(bboxes.size(), "bbox", "bboxes"), count, column));
    }
  }

  /** Next to token indices, phrases are labels, and some may have none. */
  private void checkPhrase(int place) {
    String phrase = phrases.get(place);
    if (phrase == null && tokenIndices.isEmpty()) {
      throw new IllegalArgumentException("Invalid phrases[%d]: it is null".formatted(place));
    }
    RequestLimits.requireLength(
        "phrases[%d]".formatted(place), phrase, RequestLimits.PHRASE_CHARACTERS);
  }

  private List<Integer> tokens(int place) {
    List<Integer> tokens = new ArrayList<>();
    List<Number> given = tokenIndices.get(place);
    RequestLimits.requireCount(
        "token_indices[%d]".formatted(place),
        given == null ? 0 : given.size(),
        "tokens",
        RequestLimits.TOKENS);
    for (Number number : requireTokens(place, given)) {
      int token = tokenIndex(place, number.longValue());
      if (tokens.contains(token)) {
        throw new IllegalArgumentException(
            "Invalid token_indices[%d]: %d is there twice".formatted(place, token));
      }
      tokens.add(token);
    }
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("Invalid token_indices[%d]: it is empty".formatted(place));
    }
    return tokens;
  }

  private static int tokenIndex(int place, long value) {
    if (value != (int) value) {
      throw new IllegalArgumentException(
          "Invalid token_indices[%d]: %d lies outside every prompt".formatted(place, value));
    }
    return (int) value;
  }

  private static List<Number> requireTokens(int place, List<Number> values) {
    if (values == null || values.stream().anyMatch(Objects::isNull)) {
      throw new IllegalArgumentException(
          "Invalid token_indices[%d]: it is null or has a null".formatted(place));
    }
    return values;
  }

  /** 32 bits, for PyTorch's generator looks at no more. */
  private static long defaultSeed(String id) {
    return Long.parseLong(hash(List.of(id)).substring(0, 8), 16);
  }

  private static String hash(List<Object> values) {
    String text = values.stream().map(PromptRow::text).collect(Collectors.joining("\0"));
    return Sha256.hex(text);
  }

  /** The same text for the same value in every Java version, which differ in printing doubles. */
  private static String text(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(PromptRow::text).collect(Collectors.joining(",", "[", "]"));
    }
    return value instanceof Double number ? Double.toHexString(number) : String.valueOf(value);
  }

  /** Values of a row by column; a column that the table lacks holds nothing. */
  private record Values(Row row, PromptSchema schema) {

    Object get(String column) {
      int index = schema.index(column);
      return index < 0 ? null : row.get(index);
    }

    Map<String, String> texts(String column) {
      int index = schema.index(column);
      return index < 0 || row.isNullAt(index) ? Map.of() : new TreeMap<>(row.getJavaMap(index));
    }

    List<String> strings(String column) {
      return list(get(column), String.class::cast);
    }

    List<List<Number>> nestedNumbers(String column) {
      return list(get(column), inner -> inner == null ? null : list(inner, Number.class::cast));
    }

    private static <T> List<T> list(Object value, Function<Object, T> element) {
      List<T> list = new ArrayList<>();
      if (value instanceof Seq<?> sequence) {
        for (int i = 0; i < sequence.length(); i++) {
          list.add(element.apply(sequence.apply(i)));
        }
      }
      return list;
    }
  }
}
