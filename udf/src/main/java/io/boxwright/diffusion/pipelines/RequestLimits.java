package io.boxwright.diffusion.pipelines;

/**
 * Limits of a request for one image. They are far above sensible values. They catch mistakes before
 * anything expensive is done.
 */
public final class RequestLimits {

  /** The most characters of a prompt or negative prompt. The text encoder reads 75 tokens of it. */
  public static final int PROMPT_CHARACTERS = 10_000;

  /** The most characters of a phrase, which is part of a prompt's 75 tokens. */
  public static final int PHRASE_CHARACTERS = 1_000;

  /** The most boxes of an image. */
  public static final int BOXES = 500;

  /** The most tokens of a box: all that the text encoder reads, except start and end token. */
  public static final int TOKENS = 75;

  /** The most images of a prompt. */
  public static final int IMAGES_PER_PROMPT = 10_000;

  private RequestLimits() {}

  /**
   * Checks a text's length. A surrogate pair counts as one character.
   *
   * @param name the name of the value, such as {@code negative_prompt}
   * @param text the text; may be null
   * @param most the largest number of characters
   * @throws IllegalArgumentException naming the value, its length and the limit
   */
  public static void requireLength(String name, String text, int most) {
    if (text != null) {
      requireCount(name, text.codePointCount(0, text.length()), "characters", most);
    }
  }

  /**
   * Checks a number of things.
   *
   * @param name the name of the value that has the things, such as {@code bboxes}
   * @param count the number of things
   * @param things the word for the things, such as {@code boxes}
   * @param most the largest number of things
   * @throws IllegalArgumentException naming the value, the number and the limit
   */
  public static void requireCount(String name, int count, String things, int most) {
    if (count > most) {
      throw new IllegalArgumentException(
          "Invalid %s: %d %s, the limit is %d".formatted(name, count, things, most));
    }
  }
}
