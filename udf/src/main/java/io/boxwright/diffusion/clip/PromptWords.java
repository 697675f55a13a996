package io.boxwright.diffusion.clip;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The words of a prompt, before it is cut into tokens. Finds phrases as {@link
 * CLIPTokenizer#findPhrases} does, but needs no model.
 */
public final class PromptWords {

  private static final Pattern SPACES = Pattern.compile("\\s+");

  private final PromptCharacters characters;
  private final PhraseSpellings spellings;

  /** Reads a prompt. Runs of spaces count as one. */
  public PromptWords(String prompt) {
    String text = joinSpaces(prompt);
    this.characters = new PromptCharacters(text);
    this.spellings = new PhraseSpellings(text);
  }

  /**
   * Finds a phrase. Case and spaces do not matter; a match begins and ends at a word. A phrase that
   * does not occur word for word is looked for in the singular or plural, with blanks for
   * underscores and hyphens, and without its article.
   *
   * @param phrase any text
   * @return the phrase without outer and double spaces if it occurs as it is, else the likeliest
   *     spelling that occurs, in small letters; nothing if none does
   */
  public Optional<String> find(String phrase) {
    String own = joinSpaces(phrase);
    return Stream.concat(
            Stream.of(own), Stream.of(own).flatMap(text -> spellings.of(text).stream()))
        .filter(spelling -> !characters.find(spelling).isEmpty())
        .findFirst();
  }

  private static String joinSpaces(String text) {
    return SPACES.matcher(text.strip()).replaceAll(" ");
  }
}
