package io.boxwright.diffusion.clip;

import io.boxwright.text.Count;
import java.util.List;

/**
 * A prompt as the text encoder reads it.
 *
 * @param ids token ids, padded to {@link CLIPTokenizer#modelMaxLength}
 * @param length how many of them are not padding: start, text, end
 * @param wholeLength how many tokens the prompt has, start and end included, before it is cut
 * @param removedText the end of the prompt that did not fit, as diffusers warns of it; empty when
 *     the whole prompt fits
 */
public record TokenizedPrompt(int[] ids, int length, int wholeLength, String removedText) {

  /**
   * Checks that a token index points at the text of the prompt.
   *
   * @throws IllegalArgumentException saying where else it points
   */
  public void requireWord(int tokenIndex) {
    if (tokenIndex < 0 || tokenIndex >= wholeLength) {
      throw invalid(tokenIndex, "the prompt has tokens 1 to " + (length - 2));
    }
    if (tokenIndex == 0) {
      throw invalid(tokenIndex, "that is the start token");
    }
    if (tokenIndex == wholeLength - 1) {
      throw invalid(tokenIndex, "that is the end token");
    }
    if (tokenIndex < length - 1 && isSpecial(ids[tokenIndex])) {
      throw invalid(tokenIndex, "that is a special token");
    }
    if (tokenIndex >= length - 1) {
      throw invalid(
          tokenIndex,
          "it lies after the first %s, where the prompt is cut"
              .formatted(Count.of(length - 2, "token")));
    }
  }

  /** The start and the end token, which a prompt may also spell out. */
  private boolean isSpecial(int id) {
    return id == ids[0] || id == ids[length - 1];
  }

  private static IllegalArgumentException invalid(int tokenIndex, String reason) {
    return new IllegalArgumentException("Invalid token index " + tokenIndex + ": " + reason);
  }

  /** What a user should know: that, and where, the prompt was cut. */
  public List<String> warnings() {
    return removedText.isEmpty()
        ? List.of()
        : List.of(
            "The prompt was cut to its first %s, without: %s"
                .formatted(Count.of(length - 2, "token"), removedText));
  }
}
