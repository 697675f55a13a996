package io.boxwright.job.importing;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** The numbers from 1 to 10, as prompts write them: as words or in digits. */
public final class NumberWords {

  private static final List<String> WORDS =
      List.of("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");

  private NumberWords() {}

  /** Returns the number that a word means; none if it is not a number from 1 to 10. */
  public static OptionalInt find(String word) {
    if (word.matches("[1-9]|10")) {
      return OptionalInt.of(Integer.parseInt(word));
    }
    int place = WORDS.indexOf(word.toLowerCase(Locale.ROOT));
    return place < 0 ? OptionalInt.empty() : OptionalInt.of(place + 1);
  }
}
