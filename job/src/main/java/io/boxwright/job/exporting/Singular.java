package io.boxwright.job.exporting;

import java.util.Map;
import java.util.Set;

/** The singular of English nouns in small letters, by rules and a list of exceptions. */
final class Singular {

  private static final Map<String, String> IRREGULAR =
      Map.ofEntries(
          Map.entry("people", "person"),
          Map.entry("men", "man"),
          Map.entry("women", "woman"),
          Map.entry("children", "child"),
          Map.entry("mice", "mouse"),
          Map.entry("geese", "goose"),
          Map.entry("feet", "foot"),
          Map.entry("teeth", "tooth"),
          Map.entry("oxen", "ox"),
          Map.entry("knives", "knife"),
          Map.entry("wives", "wife"),
          Map.entry("leaves", "leaf"),
          Map.entry("shelves", "shelf"),
          Map.entry("bookshelves", "bookshelf"),
          Map.entry("wolves", "wolf"),
          Map.entry("calves", "calf"),
          Map.entry("halves", "half"),
          Map.entry("loaves", "loaf"),
          Map.entry("elves", "elf"),
          Map.entry("scarves", "scarf"),
          Map.entry("thieves", "thief"),
          Map.entry("shoes", "shoe"),
          Map.entry("toes", "toe"),
          Map.entry("canoes", "canoe"),
          Map.entry("movies", "movie"),
          Map.entry("cookies", "cookie"),
          Map.entry("pies", "pie"),
          Map.entry("ties", "tie"),
          Map.entry("buses", "bus"),
          Map.entry("cactuses", "cactus"),
          Map.entry("octopuses", "octopus"),
          Map.entry("walruses", "walrus"),
          Map.entry("lenses", "lens"));

  /** Words that end in an s and mean one thing. */
  private static final Set<String> SINGLE =
      Set.of(
          "scissors",
          "pants",
          "jeans",
          "shorts",
          "trousers",
          "leggings",
          "pajamas",
          "glasses",
          "sunglasses",
          "goggles",
          "binoculars",
          "headphones",
          "skis",
          "pliers",
          "tweezers",
          "gas",
          "lens",
          "canvas",
          "atlas",
          "series",
          "species",
          "news",
          "christmas");

  private Singular() {}

  /** Returns the singular of a word; the word itself if it is not a plural. */
  static String of(String word) {
    if (IRREGULAR.containsKey(word)) {
      return IRREGULAR.get(word);
    }
    if (SINGLE.contains(word) || !word.matches(".*[^sui']s") || word.length() < 4) {
      return word;
    }
    if (word.endsWith("ies")) {
      return cut(word, 3) + "y";
    }
    return word.matches(".*(ss|sh|ch|x|zz|o)es") ? cut(word, 2) : cut(word, 1);
  }

  private static String cut(String word, int letters) {
    return word.substring(0, word.length() - letters);
  }
}
