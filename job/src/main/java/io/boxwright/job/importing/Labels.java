package io.boxwright.job.importing;

import io.boxwright.job.figures.Expectation;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Names of things for a detector, made of phrases. */
public final class Labels {

  private static final Pattern ARTICLE =
      Pattern.compile("^(?:an?|the)\\s+", Pattern.CASE_INSENSITIVE);

  /** The colours of COCO-MIG, HRS and GenEval. */
  private static final Set<String> COLORS =
      Set.of(
          "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white",
          "gray", "grey");

  private Labels() {}

  /** Returns a phrase without its article. */
  public static String withoutArticle(String phrase) {
    return ARTICLE.matcher(phrase.strip()).replaceFirst("");
  }

  /**
   * Expects a thing of a colour, such as {@code a red car}: the colour is apart from the label if
   * it is the first word after the article, and one that people call a colour.
   */
  static Expectation expectColored(String phrase) {
    String bare = withoutArticle(phrase);
    List<String> words = List.of(bare.split("\\s+", 2));
    String first = words.get(0).toLowerCase(Locale.ROOT);
    return words.size() == 2 && COLORS.contains(first)
        ? Expectation.of(words.get(1)).withColor(first)
        : Expectation.of(bare);
  }
}
