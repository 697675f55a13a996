package io.boxwright.text;

import java.util.stream.Collectors;

/**
 * Text from outside, such as a prompt or a value in a file, made safe for terminals and logs.
 * Characters that could move a cursor, end a line or turn the direction of the text become escapes
 * such as {@code \u001B}, and long text is shortened in the middle.
 */
public final class Printable {

  /** The most characters of a {@link #value}. */
  public static final int LONGEST_VALUE = 100;

  /** The most characters of a {@link #line}. */
  public static final int LONGEST_LINE = 1000;

  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private Printable() {}

  /**
   * Returns a whole message as one line of at most {@value #LONGEST_LINE} characters; null stays
   * null.
   */
  public static String line(String message) {
    return message == null ? null : shortened(message, LONGEST_LINE);
  }

  /**
   * Returns a name or value for use inside a message: at most {@value #LONGEST_VALUE} characters.
   */
  public static String value(Object value) {
    return shortened(String.valueOf(value), LONGEST_VALUE);
  }

  /**
   * Returns a name from outside, such as that of a column, for use inside a message: like {@link
   * #value}, in quotes where it would not look like one word.
   */
  public static String name(String name) {
    boolean word = !name.isEmpty() && name.codePoints().noneMatch(Printable::endsWord);
    return word ? value(name) : "'" + value(name) + "'";
  }

  private static boolean endsWord(int character) {
    return Character.isWhitespace(character)
        || Character.isSpaceChar(character)
        || ",;:'".indexOf(character) >= 0;
  }

  /** Returns text on one line, not shortened. */
  public static String escaped(String text) {
    if (text.codePoints().allMatch(Printable::isHarmless)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            character -> {
              if (isHarmless(character)) {
                escaped.appendCodePoint(character);
              } else {
                escaped.append(escape(character));
              }
            });
    return escaped.toString();
  }

  /** Returns text with its lines kept, not shortened; tabs become spaces. */
  public static String lines(String text) {
    return text.lines()
        .map(line -> escaped(line.replace("\t", "    ")))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /**
   * Returns text on one line, shortened in the middle if it is too long.
   *
   * @param longest the most characters of the result, at least 8
   */
  public static String shortened(String text, int longest) {
    if (text.length() <= longest) {
      String escaped = escaped(text);
      return escaped.length() <= longest ? escaped : cut(escaped, longest);
    }
    // Only what stays is worth escaping: the text may have millions of characters.
    return cut(
        escaped(text.substring(0, longest)) + escaped(text.substring(tail(text, longest))),
        longest);
  }

  private static int tail(String text, int longest) {
    return Math.max(longest, text.length() - longest);
  }

  /** Keeps the beginning, which says where, and the end, which often says what to do. */
  private static String cut(String text, int longest) {
    int end = longest / 4;
    int start = longest - end - 1;
    return text.substring(0, start) + "…" + text.substring(text.length() - end);
  }

  private static String escape(int character) {
    return switch (character) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> "\\u%04X".formatted(character);
    };
  }

  private static boolean isHarmless(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      // The joiners are part of words and emojis, other format characters turn or hide text.
      case Character.FORMAT -> character == ZERO_WIDTH_NON_JOINER || character == ZERO_WIDTH_JOINER;
      default -> true;
    };
  }
}
