package io.boxwright.diffusion.clip;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A finder of phrases in a prompt, word for word or nearly so.
 *
 * <ul>
 *   <li>An occurrence begins and ends at a word: {@code dog} is not in {@code sheepdog}.
 *   <li>Longer phrases choose first, and what they cover is not taken while there is another
 *       occurrence: {@code hot dog} and {@code dog} in {@code a hot dog and a dog}.
 *   <li>The n-th of equal phrases has the n-th occurrence. If there are fewer occurrences than
 *       phrases, all of them have the first.
 *   <li>What does not occur word for word is looked for in its {@link PhraseSpellings}.
 *   <li>Where a script has no spaces, or signs stand in a row, a word may end inside of what the
 *       tokenizer takes for one word. An occurrence has whole tokens all the same.
 * </ul>
 *
 * <p>A warning says where an occurrence was chosen among others, where boxes share one though the
 * prompt has more, and where different phrases share tokens.
 */
final class PhraseFinder {

  private final HuggingFaceTokenizer tokenizer;
  private final UnaryOperator<String> expansion;
  private final String prompt;
  private final PromptCharacters characters;
  private final long[] ids;
  private final CharSpan[] spans;
  private final int[] firstTokens;
  private final int end;
  private final PhraseSpellings spellings;
  private final Map<String, Occurrences> known = new HashMap<>(); // by spelling

  /**
   * Creates a finder of phrases in one prompt.
   *
   * @param tokenizer the one that cut the prompt; cuts the phrases
   * @param expansion the expansion of textual inversions in a text
   * @param prompt what they are looked for in
   */
  PhraseFinder(
      HuggingFaceTokenizer tokenizer, UnaryOperator<String> expansion, TokenizedPrompt prompt) {
    this.tokenizer = tokenizer;
    this.expansion = expansion;
    this.prompt = prompt.text();
    this.characters = new PromptCharacters(prompt.expandedText());
    this.ids = prompt.wholeIds();
    this.spans = prompt.spans();
    this.firstTokens = firstTokens(spans, characters.length());
    this.end = prompt.length() - 1; // the index of the end token
    this.spellings = new PhraseSpellings(prompt.expandedText());
  }

  /** Finds the first token behind each place between characters; behind the last, the end token. */
  private static int[] firstTokens(CharSpan[] spans, int characters) {
    int[] first = new int[characters + 1];
    Arrays.fill(first, spans.length - 1);
    int place = 0;
    for (int token = 0; token < spans.length; token++) {
      while (spans[token] != null && place <= spans[token].getStart()) {
        first[place++] = token;
      }
    }
    return first;
  }

  /** The tokens of an occurrence, the last one not included. */
  private record Span(int from, int to) {

    boolean isFree(BitSet taken) {
      return taken.get(from, to).isEmpty();
    }

    List<Integer> tokenIndices() {
      return IntStream.range(from, to).boxed().toList();
    }
  }

  /** The tokens that a spelling has if it is alone, and where it occurs, in order. */
  private record Occurrences(List<Long> ids, List<Span> spans) {}

  /**
   * A phrase and the occurrences of one of its spellings.
   *
   * @param ids tokens that the spelling has where it stands alone
   * @param spans where it occurs, in order
   * @param all how often it occurs, in the part of the prompt that is not read, too
   */
  private record Found(String phrase, String spelling, List<Long> ids, List<Span> spans, int all) {

    int length() {
      return ids.size();
    }

    List<String> warnings() {
      return spelling.equals(phrase)
          ? List.of()
          : List.of("phrase '%s' was found as '%s'".formatted(phrase, spelling));
    }
  }

  /**
   * Finds the places of phrases.
   *
   * @throws IllegalArgumentException naming the first phrase that is empty or does not occur, or
   *     only in the part of the prompt that the text encoder does not read, or only in tokens that
   *     are parts of other words, too
   */
  List<PhraseMatch> find(List<String> phrases) {
    List<Found> found = phrases.stream().map(this::require).toList();
    Map<List<Long>, List<Integer>> equal = new LinkedHashMap<>(); // places of equal phrases
    for (int place = 0; place < found.size(); place++) {
      equal.computeIfAbsent(found.get(place).ids(), ids -> new ArrayList<>()).add(place);
    }
    Map<Integer, PhraseMatch> matches = new LinkedHashMap<>(); // by place, as they choose
    BitSet taken = new BitSet();
    equal.values().stream()
        .sorted(Comparator.comparing((List<Integer> places) -> -found.get(places.get(0)).length()))
        .forEach(places -> choose(found, places, taken, matches));
    return IntStream.range(0, phrases.size()).mapToObj(matches::get).toList();
  }

  /** Gives equal phrases their occurrences. */
  private static void choose(
      List<Found> found, List<Integer> places, BitSet taken, Map<Integer, PhraseMatch> matches) {
    Found first = found.get(places.get(0));
    List<Span> free = first.spans().stream().filter(span -> span.isFree(taken)).toList();
    boolean enough = free.size() >= places.size();
    List<Span> choice = free.isEmpty() ? first.spans() : free;
    for (int i = 0; i < places.size(); i++) {
      Found own = found.get(places.get(i));
      Span span = choice.get(enough ? i : 0);
      taken.set(span.from(), span.to());
      List<String> warnings = new ArrayList<>(own.warnings());
      if (own.all() > 1 && free.size() != places.size()) {
        warnings.add(ambiguity(own, free.size(), places.size()));
      }
      sharing(own, span, found, matches).ifPresent(warnings::add);
      matches.put(places.get(i), new PhraseMatch(span.tokenIndices(), warnings));
    }
  }

  private static String ambiguity(Found phrase, int free, int boxes) {
    int used = phrase.spans().size() - free;
    int cut = phrase.all() - phrase.spans().size();
    String first = free > 0 && used > 0 ? "first of the others" : "first";
    String choice =
        boxes == 1
            ? "it is on the " + first
            : free < boxes ? "all are on the " + first : "they are on the %s %d";
    return "phrase '%s' occurs %s in the prompt%s%s and has %s: %s"
        .formatted(
            phrase.spelling(),
            Count.of(phrase.all(), "time"),
            used == 0 ? "" : ", %d of them in other phrases,".formatted(used),
            cut == 0 ? "" : ", %d of them where it is cut off,".formatted(cut),
            Count.of(boxes, "box", "boxes"),
            choice.formatted(first, boxes));
  }

  /** Says that other words have some of the tokens of a phrase, too, if they do. */
  private static Optional<String> sharing(
      Found phrase, Span span, List<Found> found, Map<Integer, PhraseMatch> earlier) {
    for (Map.Entry<Integer, PhraseMatch> other : earlier.entrySet()) {
      String name = found.get(other.getKey()).phrase();
      List<Integer> shared = new ArrayList<>(span.tokenIndices());
      shared.retainAll(other.getValue().tokenIndices());
      if (!shared.isEmpty() && !name.strip().equalsIgnoreCase(phrase.phrase().strip())) {
        return Optional.of(
            "phrase '%s' shares %s %s with phrase '%s'"
                .formatted(
                    phrase.phrase(),
                    Count.form(shared.size(), "token", "tokens"),
                    shared.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                    name));
      }
    }
    return Optional.empty();
  }

  private Found require(String phrase) {
    if (encode(phrase).length == 0) {
      throw new IllegalArgumentException("phrase '" + Printable.value(phrase) + "' is empty");
    }
    Found found =
        spellings(phrase)
            .map(spelling -> occurrences(phrase, spelling))
            .filter(some -> !some.spans().isEmpty())
            .findFirst()
            .orElseThrow(() -> missing(phrase));
    List<Span> read = found.spans().stream().filter(span -> span.to() <= end).toList();
    if (read.isEmpty()) {
      throw new IllegalArgumentException(
          "phrase '%s' occurs only after the first %s of prompt '%s', which is cut there"
              .formatted(
                  Printable.value(phrase), Count.of(end - 1, "token"), Printable.value(prompt)));
    }
    return new Found(phrase, found.spelling(), found.ids(), read, found.all());
  }

  private IllegalArgumentException missing(String phrase) {
    return new IllegalArgumentException(
        (characters.find(phrase).isEmpty()
                ? "phrase '%s' does not occur in prompt '%s'"
                : "phrase '%s' has no tokens of its own in prompt '%s', but shares them with its"
                    + " neighbours: give token_indices")
            .formatted(Printable.value(phrase), Printable.value(prompt)));
  }

  private Stream<String> spellings(String phrase) {
    return Stream.concat(
        Stream.of(phrase), Stream.of(phrase).flatMap(own -> spellings.of(own).stream()));
  }

  /** Returns a phrase with the occurrences of one of its spellings. */
  private Found occurrences(String phrase, String spelling) {
    Occurrences all = known.computeIfAbsent(spelling, this::findAll);
    return new Found(phrase, spelling, all.ids(), all.spans(), all.spans().size());
  }

  /** Finds all occurrences of a spelling that begin and end at words and do not overlap. */
  private Occurrences findAll(String spelling) {
    String expanded = expansion.apply(spelling);
    long[] wanted = encode(expanded);
    Map<Integer, Span> byLetters = new HashMap<>();
    characters
        .find(expanded)
        .forEach(letters -> tokens(letters).ifPresent(span -> byLetters.put(span.from(), span)));
    List<Span> spans = new ArrayList<>();
    int from = 1;
    while (wanted.length > 0 && from < ids.length - 1) {
      int to = from + wanted.length;
      boolean here =
          to < ids.length
              && Arrays.equals(ids, from, to, wanted, 0, wanted.length)
              && isBoundary(from)
              && isBoundary(to);
      Span span = here ? new Span(from, to) : byLetters.get(from);
      if (span != null) {
        spans.add(span);
      }
      from = span == null ? from + 1 : span.to();
    }
    return new Occurrences(Arrays.stream(wanted).boxed().toList(), spans);
  }

  /** Returns the tokens of some characters, if they have these characters and no other. */
  private Optional<Span> tokens(PromptCharacters.Letters letters) {
    Span span = new Span(firstTokens[letters.start()], firstTokens[letters.end()]);
    boolean whole =
        span.from() < span.to()
            && spans[span.from()].getStart() == letters.start()
            && (spans[span.from() - 1] == null
                || spans[span.from() - 1].getEnd() <= letters.start())
            && spans[span.to() - 1].getEnd() <= letters.end();
    return whole ? Optional.of(span) : Optional.empty();
  }

  private long[] encode(String text) {
    return tokenizer.encode(text, false, false).getIds();
  }

  /** Returns whether a word ends before a token, or no token is there. */
  private boolean isBoundary(int token) {
    CharSpan before = spans[token - 1];
    CharSpan after = spans[token];
    if (before == null || after == null) {
      return true; // the start or end of the prompt
    }
    return before.getEnd() < after.getStart() || characters.isBoundaryAt(after.getStart());
  }

  /**
   * Says that token indices are those of other words than a phrase, if they are.
   *
   * @param tokenIndices any numbers
   * @param tokenText what they say
   */
  Optional<String> contradiction(
      String phrase, List<Integer> tokenIndices, String tokenText, int place) {
    if (phrase.isBlank() || isAt(phrase, tokenIndices)) {
      return Optional.empty();
    }
    List<Integer> next = tokenIndices.stream().map(index -> index + 1).toList();
    return Optional.of(
        "token_indices[%d] stand for '%s', phrases[%d] says '%s'; the tokens are used%s"
            .formatted(
                place,
                tokenText,
                place,
                phrase,
                isAt(phrase, next)
                    ? " (is the start token counted? The first word has index 1)"
                    : ""));
  }

  /**
   * Returns whether the phrase, or a telling word of it, has an occurrence at some of the tokens.
   */
  private boolean isAt(String phrase, List<Integer> tokenIndices) {
    return Stream.concat(Stream.of(phrase), PhraseSpellings.tellingWords(phrase).stream())
        .flatMap(this::spellings)
        .map(spelling -> occurrences(phrase, spelling))
        .anyMatch(
            found ->
                found.spans().stream()
                    .anyMatch(span -> !Collections.disjoint(span.tokenIndices(), tokenIndices)));
  }
}
