package io.boxwright.diffusion.clip;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds phrases in a prompt, word for word or nearly so.
 *
 * <ul>
 *   <li>An occurrence begins and ends at a word: {@code dog} is not in {@code sheepdog}.
 *   <li>Longer phrases choose first, and what they cover is not taken while there is another
 *       occurrence: {@code hot dog} and {@code dog} in {@code a hot dog and a dog}.
 *   <li>The n-th of equal phrases has the n-th occurrence. If there are fewer occurrences than
 *       phrases, all of them have the first.
 *   <li>What does not occur word for word is looked for in its {@link PhraseSpellings}.
 * </ul>
 */
final class PhraseFinder {

  /** Of these, a run of letters is more than one word. */
  private static final Set<UnicodeScript> WITHOUT_SPACES =
      EnumSet.of(
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.THAI,
          UnicodeScript.LAO,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR);

  private final HuggingFaceTokenizer tokenizer;
  private final String prompt;
  private final int[] characters;
  private final long[] ids;
  private final CharSpan[] spans;
  private final int end;
  private final PhraseSpellings spellings;

  /**
   * Reads a prompt.
   *
   * @param modelMaxLength tokens that the text encoder reads, start and end included
   */
  PhraseFinder(HuggingFaceTokenizer tokenizer, String prompt, int modelMaxLength) {
    Encoding encoding = tokenizer.encode(prompt, true, false);
    this.tokenizer = tokenizer;
    this.prompt = prompt;
    this.characters = prompt.codePoints().toArray();
    this.ids = encoding.getIds();
    this.spans = encoding.getCharTokenSpans();
    this.end = Math.min(ids.length, modelMaxLength) - 1; // there stands the end token
    this.spellings = new PhraseSpellings(prompt);
  }

  /** A phrase in a spelling that occurs, and the places of its first tokens, in order. */
  private record Found(String phrase, String spelling, List<Long> ids, List<Integer> starts) {

    int length() {
      return ids.size();
    }

    List<Integer> tokenIndices(int start) {
      return IntStream.range(start, start + length()).boxed().toList();
    }

    List<String> warnings() {
      return spelling.equals(phrase)
          ? List.of()
          : List.of("phrase '%s' was found as '%s'".formatted(phrase, spelling));
    }
  }

  /**
   * The places of phrases.
   *
   * @throws IllegalArgumentException naming the first phrase that is empty or does not occur, or
   *     only in the part of the prompt that the text encoder does not read
   */
  List<PhraseMatch> find(List<String> phrases) {
    List<Found> found = phrases.stream().map(this::require).toList();
    Map<List<Long>, List<Integer>> equal = new LinkedHashMap<>(); // places of equal phrases
    for (int place = 0; place < found.size(); place++) {
      equal.computeIfAbsent(found.get(place).ids(), ids -> new ArrayList<>()).add(place);
    }
    PhraseMatch[] matches = new PhraseMatch[phrases.size()];
    BitSet taken = new BitSet();
    equal.values().stream()
        .sorted(Comparator.comparing((List<Integer> places) -> -found.get(places.get(0)).length()))
        .forEach(places -> choose(found, places, taken, matches));
    return List.of(matches);
  }

  /** Gives equal phrases their occurrences. */
  private static void choose(
      List<Found> found, List<Integer> places, BitSet taken, PhraseMatch[] matches) {
    Found first = found.get(places.get(0));
    List<Integer> free =
        first.starts().stream()
            .filter(start -> taken.get(start, start + first.length()).isEmpty())
            .toList();
    boolean enough = free.size() >= places.size();
    List<Integer> choice = free.isEmpty() ? first.starts() : free;
    for (int i = 0; i < places.size(); i++) {
      Found own = found.get(places.get(i));
      int start = choice.get(enough ? i : 0);
      taken.set(start, start + own.length());
      List<String> warnings = new ArrayList<>(own.warnings());
      if (free.size() > 1 && free.size() != places.size()) {
        warnings.add(ambiguity(own, free.size(), places.size()));
      }
      matches[places.get(i)] = new PhraseMatch(own.tokenIndices(start), warnings);
    }
  }

  private static String ambiguity(Found phrase, int occurrences, int boxes) {
    String used =
        occurrences < boxes
            ? "all are on the first"
            : boxes == 1 ? "it is on the first" : "they are on the first %d".formatted(boxes);
    return "phrase '%s' occurs %d times in the prompt and has %d box%s: %s"
        .formatted(phrase.spelling(), occurrences, boxes, boxes == 1 ? "" : "es", used);
  }

  private Found require(String phrase) {
    if (encode(phrase).length == 0) {
      throw new IllegalArgumentException("phrase '" + phrase + "' is empty");
    }
    Found found =
        spellings(phrase)
            .map(spelling -> occurrences(phrase, spelling))
            .filter(some -> !some.starts().isEmpty())
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "phrase '%s' does not occur in prompt '%s'".formatted(phrase, prompt)));
    List<Integer> read =
        found.starts().stream().filter(start -> start + found.length() <= end).toList();
    if (read.isEmpty()) {
      throw new IllegalArgumentException(
          "phrase '%s' occurs only after the first %d tokens of prompt '%s', which is cut there"
              .formatted(phrase, end - 1, prompt));
    }
    return new Found(phrase, found.spelling(), found.ids(), read);
  }

  private Stream<String> spellings(String phrase) {
    return Stream.concat(
        Stream.of(phrase), Stream.of(phrase).flatMap(own -> spellings.of(own).stream()));
  }

  /** All occurrences of a spelling that begin and end at words and do not overlap. */
  private Found occurrences(String phrase, String spelling) {
    long[] wanted = encode(spelling);
    List<Integer> starts = new ArrayList<>();
    int from = 1;
    while (wanted.length > 0 && from + wanted.length < ids.length) {
      int to = from + wanted.length;
      boolean here = Arrays.equals(ids, from, to, wanted, 0, wanted.length);
      if (here && isBoundary(from) && isBoundary(to)) {
        starts.add(from);
        from = to;
      } else {
        from++;
      }
    }
    return new Found(phrase, spelling, Arrays.stream(wanted).boxed().toList(), starts);
  }

  private long[] encode(String text) {
    return tokenizer.encode(text, false, false).getIds();
  }

  /** Whether a word ends before a token, or none is there. */
  private boolean isBoundary(int token) {
    CharSpan before = spans[token - 1];
    CharSpan after = spans[token];
    if (before == null || after == null) {
      return true; // the start or end of the prompt
    }
    int start = after.getStart();
    return start == 0
        || start >= characters.length
        || before.getEnd() < start
        || !isInWord(characters[start - 1], characters[start]);
  }

  private static boolean isInWord(int left, int right) {
    return isOfWord(left)
        && isOfWord(right)
        && !WITHOUT_SPACES.contains(UnicodeScript.of(left))
        && !WITHOUT_SPACES.contains(UnicodeScript.of(right));
  }

  private static boolean isOfWord(int character) {
    return switch (Character.getType(character)) {
      case Character.NON_SPACING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.LETTER_NUMBER,
          Character.OTHER_NUMBER ->
          true;
      default -> Character.isLetterOrDigit(character);
    };
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

  /** Whether the phrase, or a telling word of it, has an occurrence at some of the tokens. */
  private boolean isAt(String phrase, List<Integer> tokenIndices) {
    return Stream.concat(Stream.of(phrase), PhraseSpellings.tellingWords(phrase).stream())
        .flatMap(this::spellings)
        .map(spelling -> occurrences(phrase, spelling))
        .anyMatch(
            found ->
                found.starts().stream()
                    .anyMatch(
                        start ->
                            tokenIndices.stream()
                                .anyMatch(i -> i >= start && i < start + found.length())));
  }
}
