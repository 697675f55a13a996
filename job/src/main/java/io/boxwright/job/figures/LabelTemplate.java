package io.boxwright.job.figures;

import java.io.Serializable;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The sentence that a detector gets in place of a bare label.
 *
 * @param text the sentence; {@code {}} stands where the label goes, {@code {a}} where it goes with
 *     an indefinite article, unless it begins with an article already
 */
public record LabelTemplate(String text) implements Serializable {

  /** The label as it is. */
  public static final LabelTemplate BARE = new LabelTemplate("{}");

  private static final String LABEL = "{}";
  private static final String LABEL_WITH_ARTICLE = "{a}";
  private static final Pattern ARTICLE = Pattern.compile("(?i)(a|an|the) .*");

  /**
   * Checks that the sentence has a place for the label.
   *
   * @throws IllegalArgumentException if it has none
   */
  public LabelTemplate {
    Objects.requireNonNull(text, "text");
    if (!text.contains(LABEL) && !text.contains(LABEL_WITH_ARTICLE)) {
      throw new IllegalArgumentException(
          "The template '%s' has no place for the label: {} or {a}".formatted(text));
    }
  }

  /** Returns the sentence for a label. */
  public String fill(String label) {
    return text.replace(LABEL_WITH_ARTICLE, addArticle(label)).replace(LABEL, label);
  }

  private static String addArticle(String label) {
    if (ARTICLE.matcher(label).matches()) {
      return label;
    }
    boolean vowel = !label.isEmpty() && "aeiouAEIOU".indexOf(label.charAt(0)) >= 0;
    return (vowel ? "an " : "a ") + label;
  }
}
