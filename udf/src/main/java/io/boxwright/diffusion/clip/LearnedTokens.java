package io.boxwright.diffusion.clip;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The tokens of textual inversions with several vectors. A prompt names the first; the text encoder
 * reads all of them. Follows {@code maybe_convert_prompt} of diffusers, which with transformers 5
 * finds tokens in lower case only. Here, as everywhere in prompts, case does not matter.
 */
final class LearnedTokens {

  private final List<Expansion> expansions = new ArrayList<>();

  /**
   * The first token of an inversion.
   *
   * @param id its id
   * @param spelling its spellings in texts
   * @param replacement all tokens, for {@link Matcher#replaceAll}
   */
  private record Expansion(long id, Pattern spelling, String replacement) {}

  /**
   * Takes the tokens of some inversions.
   *
   * @param firstId the id of the first of them; the others follow
   */
  LearnedTokens(int firstId, List<LearnedEmbedding> embeddings) {
    int id = firstId;
    for (LearnedEmbedding embedding : embeddings) {
      List<String> tokens = embedding.tokens();
      if (tokens.size() > 1) {
        String first = Pattern.quote(tokens.get(0));
        expansions.add(
            new Expansion(
                id,
                Pattern.compile(first, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE),
                Matcher.quoteReplacement(String.join(" ", tokens))));
      }
      id += tokens.size();
    }
  }

  /** Returns a text in which each first token is followed by the others of its inversion. */
  String expand(String text, HuggingFaceTokenizer tokenizer) {
    if (expansions.isEmpty()) {
      return text;
    }
    Set<Long> present =
        LongStream.of(tokenizer.encode(text, false, false).getIds())
            .boxed()
            .collect(Collectors.toSet());
    String expanded = text;
    for (Expansion expansion : expansions) {
      if (present.contains(expansion.id())) {
        expanded = expansion.spelling().matcher(expanded).replaceAll(expansion.replacement());
      }
    }
    return expanded;
  }
}
