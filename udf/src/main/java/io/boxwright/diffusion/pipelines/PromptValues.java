package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.clip.PhraseMatch;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.layout.RelativeBoxes;
import io.boxwright.text.Count;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The values that a table or a service asks for an image with: a prompt, and boxes with phrases or
 * token indices. Any values can be held; checking them, or making a request, reports wrong ones.
 *
 * @param prompt the prompt; may be null
 * @param negativePrompt the negative prompt; may be null
 * @param seed the seed of the noise
 * @param bboxes the boxes, four edges each; values may be missing or wrong
 * @param tokenIndices the token indices, a list for each box, or empty
 * @param phrases the phrases, one for each box, or empty
 */
public record PromptValues(
    String prompt,
    String negativePrompt,
    long seed,
    List<List<Number>> bboxes,
    List<List<Number>> tokenIndices,
    List<String> phrases) {

  /**
   * Checks everything that needs no model.
   *
   * @throws IllegalArgumentException naming the first value that is wrong
   */
  public void check() {
    makePlainRequest();
    readBoxes();
    readTokens();
  }

  /**
   * Makes the request. The prompt is cut into tokens only here, after all checks that need no
   * tokens.
   *
   * @param tokenizer the pipeline's tokenizer
   * @return a request with its {@link GenerationRequest#tokens}
   * @throws IllegalArgumentException naming the first value that is wrong
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
    if (prompt == null) {
      throw new IllegalArgumentException("Invalid prompt: it is null");
    }
    if (prompt.isBlank()) {
      throw new IllegalArgumentException("Invalid prompt: it is empty");
    }
    GenerationRequest plain = new GenerationRequest(prompt, negativePrompt, seed, List.of());
    checkCounts();
    return plain;
  }

  private List<BoundingBox> readBoxes() {
    return RelativeBoxes.read("bboxes", bboxes);
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
}
