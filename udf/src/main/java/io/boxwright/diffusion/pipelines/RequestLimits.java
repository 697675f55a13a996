package io.boxwright.diffusion.pipelines;

/**
 * How much one image may ask for. Nobody who means it comes near; who exceeds a limit by mistake
 * learns so before anything expensive is done.
 */
public final class RequestLimits {

  /** Characters of a prompt or negative prompt. The text encoder reads 75 tokens of it. */
  public static final int PROMPT_CHARACTERS = 10_000;

  /** Characters of a phrase, which is a part of 75 tokens. */
  public static final int PHRASE_CHARACTERS = 1_000;

  /** Boxes of an image. */
  public static final int BOXES = 500;

  /** Tokens of a box: those that the text encoder reads, without start and end token. */
  public static final int TOKENS = 75;

  /** Images of a prompt. */
  public static final int IMAGES_PER_PROMPT = 10_000;

  private RequestLimits() {}

  /**
   * Checks a text's length. What stands for one character of Unicode counts once.
   *
   * @param name of the value, such as {@code negative_prompt}
   * @param text may be null
   * @param most characters that it may have
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
   * @param name of the value that has them, such as {@code bboxes}
   * @param count how many there are
   * @param things what is counted, such as {@code boxes}
   * @param most how many there may be
   * @throws IllegalArgumentException naming the value, the number and the limit
   */
  public static void requireCount(String name, int count, String things, int most) {
    if (count > most) {
      throw new IllegalArgumentException(
          "Invalid %s: %d %s, the limit is %d".formatted(name, count, things, most));
    }
  }
}
