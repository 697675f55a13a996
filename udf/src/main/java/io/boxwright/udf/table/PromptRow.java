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
 * One row of a prompt table, with its values as they are. Reading never fails; making a request of
 * the row reports wrong values.
 *
 * @param id the id in the table; a hash of the row's content if the id is missing or not UTF-8
 * @param prompt the prompt; may be null
 * @param negativePrompt the negative prompt; may be null
 * @param seed the seed in the table, otherwise a hash of the id, which differs between rows but not
 *     between runs
 * @param bboxes the boxes, four edges each; values may be missing or wrong
 * @param tokenIndices the token indices, a list for each box, or empty
 * @param phrases the phrases, one for each box, or empty
 * @param repetition the number of earlier rows with the same id, if the id is from the table;
 *     otherwise 0
 * @param invalidTexts the SHA-256 of texts that are not UTF-8, by column; see {@link InvalidText}
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

  /** The most characters of an id; names and addresses of files are shorter. */
  static final int MOST_CHARACTERS_OF_ID = 4_096;

  /** Reads a row of a checked table. */
  public static PromptRow read(Row row, PromptSchema schema) {
    Values values = new Values(row, schema);
    String prompt = (String) values.get("prompt");
    String negativePrompt = (String) values.get("negative_prompt");
    Number seed = (Number) values.get("seed");
    List<List<Number>> bboxes = values.getNestedNumbers("bboxes");
    List<List<Number>> tokenIndices = values.getNestedNumbers("token_indices");
    List<String> phrases = values.getStrings("phrases");
    Map<String, String> invalidTexts = values.getTexts(InvalidText.COLUMN);
    Object ownId = invalidTexts.containsKey("id") ? null : values.get("id");
    List<Object> content = new ArrayList<>();
    content.addAll(Arrays.asList(prompt, negativePrompt, seed, bboxes, tokenIndices, phrases));
    content.addAll(invalidTexts.values()); // rows may differ only in their wrong bytes
    Number repetitions = (Number) values.get(PromptTables.REPETITION);
    int repetition = repetitions == null ? 0 : repetitions.intValue();
    if (ownId == null && repetition > 0) {
      content.add(repetition);
    }
    String id = ownId == null ? hash(content).substring(0, 16) : ownId.toString();
    int ownRepetition = ownId == null ? 0 : repetition; // a hash differs anyway
    long rowSeed = seed == null ? makeSeed(makeName(id, ownRepetition)) : seed.longValue();
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

  /**
   * Returns a name that no other row has: the id, with the repetition if other rows have it, too.
   */
  String name() {
    return makeName(id, repetition);
  }

  private static String makeName(String id, int repetition) {
    return repetition == 0 ? id : id + "\0" + repetition;
  }

  /** Finds the first problem of the row that shows without a model. */
  Optional<String> findProblem() {
    try {
      makePlainRequest();
      readBoxes();
      readTokens();
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * Makes the request of the row's first image. The prompt is cut into tokens only here, after all
   * checks that need no tokens.
   *
   * @param tokenizer the pipeline's tokenizer
   * @return a request with its {@link GenerationRequest#tokens}
   * @throws IllegalArgumentException naming what is wrong with the row
   */
  public GenerationRequest makeRequest(CLIPTokenizer tokenizer) {
    GenerationRequest plain = makePlainRequest();
    List<BoundingBox> boxes = readBoxes();
    List<List<Integer>> tokens = readTokens();
    GenerationRequest tokenized = plain.tokenized(tokenizer);
    return boxes.isEmpty() ? tokenized : addLayout(tokenized, tokenizer, boxes, tokens);
  }

  /** Makes the request without its layout, after the checks that need neither tokens nor boxes. */
  private GenerationRequest makePlainRequest() {
    requireText();
    GenerationRequest plain = new GenerationRequest(prompt, negativePrompt, seed, List.of());
    checkCounts();
    return plain;
  }

  private List<BoundingBox> readBoxes() {
    return RelativeBoxes.read("bboxes", bboxes);
  }

  private void requireText() {
    if (!invalidTexts.isEmpty()) {
      String column = invalidTexts.keySet().iterator().next();
      throw new IllegalArgumentException("Invalid %s: it is not valid UTF-8".formatted(column));
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
   * @param tokens the token indices, a list for each box; empty if phrases give them
   */
  private GenerationRequest addLayout(
      GenerationRequest request,
      CLIPTokenizer tokenizer,
      List<BoundingBox> boxes,
      List<List<Integer>> tokens) {
    Function<List<Integer>, String> text = own -> tokenizer.text(request.tokens(), own);
    if (tokens.isEmpty()) {
      List<PhraseMatch> matches = tokenizer.findPhrases(request.tokens(), phrases);
      return request.withLayout(
          makeObjects(boxes, matches.stream().map(PhraseMatch::tokenIndices).toList(), text),
          matches.stream().flatMap(match -> match.warnings().stream()).distinct().toList());
    }
    return request.withLayout(
        makeObjects(boxes, tokens, text),
        phrases.isEmpty()
            ? List.of()
            : tokenizer.contradictions(request.tokens(), phrases, tokens));
  }

  /** Reads the row's own token indices, a list for each box; empty if phrases give them. */
  private List<List<Integer>> readTokens() {
    IntStream.range(0, phrases.size()).forEach(this::checkPhrase);
    return IntStream.range(0, tokenIndices.size()).mapToObj(this::readTokens).toList();
  }

  /**
   * Makes the objects of the layout. Boxes with the same tokens belong to one object. An object
   * without a phrase has the text of its tokens as its label.
   */
  private List<LayoutObject> makeObjects(
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

  /** Checks a phrase; with token indices, phrases are only labels and may be null. */
  private void checkPhrase(int place) {
    String phrase = phrases.get(place);
    if (phrase == null && tokenIndices.isEmpty()) {
      throw new IllegalArgumentException("Invalid phrases[%d]: it is null".formatted(place));
    }
    RequestLimits.requireLength(
        "phrases[%d]".formatted(place), phrase, RequestLimits.PHRASE_CHARACTERS);
  }

  private List<Integer> readTokens(int place) {
    List<Integer> tokens = new ArrayList<>();
    List<Number> given = tokenIndices.get(place);
    RequestLimits.requireCount(
        "token_indices[%d]".formatted(place),
        given == null ? 0 : given.size(),
        "tokens",
        RequestLimits.TOKENS);
    for (Number number : requireTokens(place, given)) {
      int token = toTokenIndex(place, number.longValue());
      if (tokens.contains(token)) {
        throw new IllegalArgumentException(
            "Invalid token_indices[%d]: it has %d twice".formatted(place, token));
      }
      tokens.add(token);
    }
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("Invalid token_indices[%d]: it is empty".formatted(place));
    }
    return tokens;
  }

  private static int toTokenIndex(int place, long value) {
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

  /** Makes a seed of 32 bits, because PyTorch's generator reads no more. */
  private static long makeSeed(String id) {
    return Long.parseLong(hash(List.of(id)).substring(0, 8), 16);
  }

  private static String hash(List<Object> values) {
    String text = values.stream().map(PromptRow::toText).collect(Collectors.joining("\0"));
    return Sha256.hex(text);
  }

  /** Returns the same text of a value in all Java versions, which print doubles differently. */
  private static String toText(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(PromptRow::toText).collect(Collectors.joining(",", "[", "]"));
    }
    return value instanceof Double number ? Double.toHexString(number) : String.valueOf(value);
  }

  /** The values of a row by column; a column that the table lacks has no value. */
  private record Values(Row row, PromptSchema schema) {

    Object get(String column) {
      int index = schema.index(column);
      return index < 0 ? null : row.get(index);
    }

    Map<String, String> getTexts(String column) {
      int index = schema.index(column);
      return index < 0 || row.isNullAt(index) ? Map.of() : new TreeMap<>(row.getJavaMap(index));
    }

    List<String> getStrings(String column) {
      return toList(get(column), String.class::cast);
    }

    List<List<Number>> getNestedNumbers(String column) {
      return toList(get(column), inner -> inner == null ? null : toList(inner, Number.class::cast));
    }

    private static <T> List<T> toList(Object value, Function<Object, T> element) {
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
