package io.boxwright.diffusion.clip;

import java.util.List;

/**
 * The place of a phrase in a prompt.
 *
 * @param tokenIndices of its tokens, one after the other
 * @param warnings what a user should know of the choice, a sentence each
 */
public record PhraseMatch(List<Integer> tokenIndices, List<String> warnings) {

  /** Copies the lists. */
  public PhraseMatch {
    tokenIndices = List.copyOf(tokenIndices);
    warnings = List.copyOf(warnings);
  }
}
