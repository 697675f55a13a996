package io.boxwright.job.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/** The head noun of a phrase, such as {@code bowl} of {@code a large bowl of food}. */
public final class HeadNoun {

  /** Words that end the noun and its adjectives. */
  private static final Set<String> ENDS =
      Set.of(
          "of", "with", "without", "on", "in", "at", "by", "for", "from", "to", "near", "under",
          "over", "behind", "beside", "between", "that", "which", "who", "and");

  private static final String PARTICIPLE_ENDING = "ing";

  private HeadNoun() {}

  /**
   * Lists what may stand for a phrase: the words before the first preposition or participle, then
   * these without the first, the first two, and so on; the head noun itself comes last. Numbers and
   * single letters, as in {@code cat1} and {@code person_A}, do not count.
   *
   * @param phrase any text
   * @return texts of one word or more; none if the phrase has no words
   */
  public static List<String> list(String phrase) {
    List<String> words = new ArrayList<>();
    for (String word : phrase.strip().split("[\\s_-]+")) {
      boolean ends =
          ENDS.contains(word.toLowerCase(Locale.ROOT)) || word.endsWith(PARTICIPLE_ENDING);
      if (ends && !words.isEmpty()) {
        break;
      }
      String letters = word.replaceFirst("[\\d,.;]+$", "");
      if (letters.codePointCount(0, letters.length()) > 1) {
        words.add(letters);
      }
    }
    return IntStream.range(0, words.size())
        .mapToObj(first -> String.join(" ", words.subList(first, words.size())))
        .toList();
  }
}
