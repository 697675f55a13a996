package io.boxwright.diffusion.clip;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The characters of a prompt, and the places where its words begin and end. */
final class PromptCharacters {

  /** In these scripts, a run of letters is more than one word. */
  private static final Set<UnicodeScript> WITHOUT_SPACES =
      EnumSet.of(
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.THAI,
          UnicodeScript.LAO,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR);

  private final int[] characters;

  /** Takes the code points of a prompt. */
  PromptCharacters(String prompt) {
    this.characters = prompt.codePoints().toArray();
  }

  /**
   * A part of the prompt.
   *
   * @param start the place of its first character
   * @param end the place behind its last character
   */
  record Letters(int start, int end) {}

  /** Returns the number of characters, in code points. */
  int length() {
    return characters.length;
  }

  /** Finds the places where a text stands as words of its own. Case does not matter. */
  List<Letters> find(String text) {
    int[] wanted = text.strip().codePoints().map(Character::toLowerCase).toArray();
    return IntStream.rangeClosed(0, characters.length - wanted.length)
        .filter(start -> wanted.length > 0 && isBoundaryAt(start))
        .filter(start -> isBoundaryAt(start + wanted.length) && isAt(wanted, start))
        .mapToObj(start -> new Letters(start, start + wanted.length))
        .toList();
  }

  private boolean isAt(int[] wanted, int start) {
    for (int i = 0; i < wanted.length; i++) {
      if (Character.toLowerCase(characters[start + i]) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether a word begins or ends at a place between characters. */
  boolean isBoundaryAt(int place) {
    return place == 0
        || place >= characters.length
        || !isInWord(characters[place - 1], characters[place]);
  }

  private static boolean isInWord(int left, int right) {
    return isOfWord(left)
        && isOfWord(right)
        && (isMark(right) || !isWithoutSpaces(left) && !isWithoutSpaces(right));
  }

  private static boolean isWithoutSpaces(int character) {
    return WITHOUT_SPACES.contains(UnicodeScript.of(character));
  }

  private static boolean isOfWord(int character) {
    return switch (Character.getType(character)) {
      case Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      default -> Character.isLetterOrDigit(character) || isMark(character);
    };
  }

  /** Returns whether a character belongs to the one before it. */
  private static boolean isMark(int character) {
    return switch (Character.getType(character)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }
}
