package io.boxwright.diffusion.clip;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.atteo.evo.inflector.English;

/**
 * The other spellings of a phrase in a prompt: with a word in the singular or the plural, with
 * blanks in place of underscores and hyphens or the other way round, without its article.
 */
final class PhraseSpellings {

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");
  private static final Pattern ARTICLE = Pattern.compile("^\\s*(?:an?|the)\\s+");
  private static final Pattern SEPARATORS = Pattern.compile("[\\s_-]+");

  private static final String PLURAL_ENDING = "s";

  /** Plurals that the library's rules lack. */
  private static final Map<String, String> IRREGULAR = Map.of("person", "people");

  /**
   * The longest phrase that has other spellings; the search would take too long for longer ones.
   */
  private static final int LONGEST_PHRASE = 100;

  private static final int MOST_TELLING_WORDS = 20;

  private final String prompt;
  private final Map<String, List<String>> wordsByPlural = new HashMap<>();
  private Set<String> promptWords;

  /** Creates the spellings for a prompt; only its words are tried as other numbers of words. */
  PhraseSpellings(String prompt) {
    this.prompt = prompt;
  }

  /** Returns the other spellings of a phrase, the likeliest first. */
  List<String> of(String phrase) {
    if (phrase.length() > LONGEST_PHRASE) {
      return List.of();
    }
    readPrompt();
    String own = phrase.toLowerCase(Locale.ROOT).strip();
    String bare = ARTICLE.matcher(own).replaceFirst("");
    Set<String> spellings = new LinkedHashSet<>();
    addNumbers(own, spellings);
    for (String text : List.of(own, bare)) {
      for (String separator : List.of(" ", "-", "_")) {
        String separated = SEPARATORS.matcher(text).replaceAll(separator);
        spellings.add(separated);
        addNumbers(separated, spellings);
      }
    }
    spellings.remove(own);
    spellings.remove("");
    return List.copyOf(spellings);
  }

  /** Returns the words of a phrase that carry its meaning. */
  static List<String> tellingWords(String phrase) {
    return words(ARTICLE.matcher(phrase.toLowerCase(Locale.ROOT)).replaceFirst(""))
        .limit(MOST_TELLING_WORDS)
        .toList();
  }

  private void readPrompt() {
    if (promptWords == null) {
      promptWords = words(prompt).collect(Collectors.toCollection(LinkedHashSet::new));
      for (String word : promptWords) {
        for (String plural : List.of(plural(word), word + PLURAL_ENDING)) {
          wordsByPlural.computeIfAbsent(plural, none -> new ArrayList<>()).add(word);
        }
      }
    }
  }

  /** Adds the spellings with one word in another number; the last word is tried first. */
  private void addNumbers(String phrase, Set<String> spellings) {
    MatchResult[] words = WORD.matcher(phrase).results().toArray(MatchResult[]::new);
    for (int i = words.length - 1; i >= 0; i--) {
      MatchResult word = words[i];
      otherNumbers(word.group())
          .map(other -> phrase.substring(0, word.start()) + other + phrase.substring(word.end()))
          .forEach(spellings::add);
    }
  }

  /**
   * Finds the words of the prompt that are the plural of a word, or whose plural it is; also the
   * plurals of templates, such as {@code buss}.
   */
  private Stream<String> otherNumbers(String word) {
    Stream<String> plurals =
        Stream.of(plural(word), word + PLURAL_ENDING).filter(promptWords::contains);
    Stream<String> singulars = wordsByPlural.getOrDefault(word, List.of()).stream();
    return Stream.concat(plurals, singulars).filter(other -> !other.equals(word)).distinct();
  }

  private static String plural(String word) {
    return IRREGULAR.getOrDefault(word, English.plural(word));
  }

  private static Stream<String> words(String text) {
    return WORD.matcher(text.toLowerCase(Locale.ROOT)).results().map(MatchResult::group);
  }
}
