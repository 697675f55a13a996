package io.boxwright.job.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The head noun of a phrase, such as {@code bowl} of {@code a large bowl of food}. */
final class HeadNoun {

  /** Words that end the noun and its adjectives. */
  private static final Set<String> ENDS =
      Set.of(
          "of", "with", "without", "on", "in", "at", "by", "for", "from", "to", "near", "under",
          "over", "behind", "beside", "between", "that", "which", "who", "and");

  private static final String PARTICIPLE_ENDING = "ing";

  private HeadNoun() {}

  /**
   * Finds the head noun: the last word before the first preposition or participle. Numbers and
   * single letters at the end, as in {@code cat1} and {@code person_A}, do not count.
   *
   * @param phrase any text
   * @return one word; nothing if the phrase has none, or is that word itself
   */
  static Optional<String> find(String phrase) {
    List<String> noun = new ArrayList<>();
    for (String word : phrase.strip().split("[\\s_-]+")) {
      boolean ends =
          ENDS.contains(word.toLowerCase(Locale.ROOT)) || word.endsWith(PARTICIPLE_ENDING);
      if (ends && !noun.isEmpty()) {
        break;
      }
      String letters = word.replaceFirst("[\\d,.;]+$", "");
      if (letters.codePointCount(0, letters.length()) > 1) {
        noun.add(letters);
      }
    }
    return noun.isEmpty() || noun.get(noun.size() - 1).equals(phrase.strip())
        ? Optional.empty()
        : Optional.of(noun.get(noun.size() - 1));
  }
}
