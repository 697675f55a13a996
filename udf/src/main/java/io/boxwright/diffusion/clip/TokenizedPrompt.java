package io.boxwright.diffusion.clip;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import io.boxwright.text.Count;
import java.util.Arrays;
import java.util.List;

/**
 * A prompt cut into tokens, made by {@link CLIPTokenizer#encode}. A request carries it from the
 * first check to the text encoder, so that the prompt is cut once.
 *
 * <p>Only the tokenizer that made it, or one of the same files, understands it.
 */
public final class TokenizedPrompt {

  private final String text;
  private final String expandedText;
  private final Encoding encoding; // of the whole prompt
  private final int[] ids;
  private final int length;
  private final String removedText;

  /**
   * Creates the tokens of a prompt.
   *
   * @param text the prompt
   * @param expandedText the prompt with all tokens of textual inversions
   * @param encoding all its tokens, with start and end token
   * @param ids the token ids that the text encoder reads, padded
   * @param length the number of them that are not padding
   * @param removedText the end of the prompt that did not fit
   */
  TokenizedPrompt(
      String text,
      String expandedText,
      Encoding encoding,
      int[] ids,
      int length,
      String removedText) {
    this.text = text;
    this.expandedText = expandedText;
    this.encoding = encoding;
    this.ids = ids;
    this.length = length;
    this.removedText = removedText;
  }

  /** Returns the prompt. */
  public String text() {
    return text;
  }

  /** Returns the prompt with all tokens of textual inversions: the text that was cut. */
  String expandedText() {
    return expandedText;
  }

  /** Returns the token ids that the text encoder reads, padded to {@code modelMaxLength}. */
  public int[] ids() {
    return ids.clone();
  }

  /** Returns the number of {@link #ids} that are not padding: start token, text, end token. */
  public int length() {
    return length;
  }

  /** Returns the number of tokens before the prompt is cut, start and end token included. */
  public int wholeLength() {
    return wholeIds().length;
  }

  /**
   * Returns the end of the prompt that did not fit, as diffusers warns of it; empty if the whole
   * prompt fits.
   */
  public String removedText() {
    return removedText;
  }

  /**
   * Returns the text of every token that the text encoder reads, by token index: the start token
   * first, the end token last, no padding. A token that ends a word ends in {@code </w>}.
   */
  public List<String> tokens() {
    String[] all = encoding.getTokens();
    String[] kept = Arrays.copyOf(all, length);
    kept[length - 1] = all[all.length - 1];
    return List.of(kept);
  }

  /** Returns the ids of all tokens, with start and end token, before the prompt is cut. */
  long[] wholeIds() {
    return encoding.getIds();
  }

  /** Returns the characters of all tokens; null for start and end token. */
  CharSpan[] spans() {
    return encoding.getCharTokenSpans();
  }

  /**
   * Checks that a token index points at the text of the prompt.
   *
   * @throws IllegalArgumentException if it points elsewhere, saying where
   */
  public void requireWord(int tokenIndex) {
    int wholeLength = wholeLength();
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

  /** Returns whether an id is that of the start or end token, which a prompt may also spell out. */
  private boolean isSpecial(int id) {
    return id == ids[0] || id == ids[length - 1];
  }

  private static IllegalArgumentException invalid(int tokenIndex, String reason) {
    return new IllegalArgumentException("Invalid token index " + tokenIndex + ": " + reason);
  }

  /** Returns a sentence that says where the prompt was cut; none if it was not. */
  public List<String> warnings() {
    return removedText.isEmpty()
        ? List.of()
        : List.of(
            "The prompt was cut to its first %s, without: %s"
                .formatted(Count.of(length - 2, "token"), removedText));
  }
}
