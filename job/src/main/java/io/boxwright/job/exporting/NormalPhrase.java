package io.boxwright.job.exporting;

import io.boxwright.job.importing.HeadNoun;
import io.boxwright.job.importing.Labels;
import io.boxwright.job.importing.NumberWords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A phrase as the name of a class: in small letters, without its article or number, its head noun
 * in the singular. {@code Two red apples} becomes {@code red apple}.
 *
 * @param text the name; empty if the phrase has no words
 * @param plural whether the head noun was in the plural
 */
record NormalPhrase(String text, boolean plural) {

  /** Makes a name of any phrase. */
  static NormalPhrase of(String phrase) {
    String bare = Labels.withoutArticle(phrase.replace('_', ' ')).toLowerCase(Locale.ROOT).strip();
    List<String> words = new ArrayList<>(Arrays.asList(bare.split("\\s+")));
    if (words.size() > 1 && NumberWords.find(words.get(0)).isPresent()) {
      words.remove(0);
    }
    List<String> nouns = HeadNoun.list(String.join(" ", words));
    int head = nouns.isEmpty() ? -1 : words.indexOf(nouns.get(nouns.size() - 1));
    if (head < 0) {
      return new NormalPhrase(String.join(" ", words), false);
    }
    String singular = Singular.of(words.get(head));
    boolean plural = !singular.equals(words.get(head));
    words.set(head, singular);
    return new NormalPhrase(String.join(" ", words), plural);
  }
}
