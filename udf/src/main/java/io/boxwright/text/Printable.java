package io.boxwright.text;

import java.util.stream.Collectors;

/**
 * Text of others, such as a prompt or a value in a file, made fit for terminals and logs: what
 * could move a cursor, end a line or turn the direction of the text stands there as an escape such
 * as {@code \u001B}, and what is too long is shortened in the middle.
 */
public final class Printable {

  /** Characters of a {@link #value} at most. */
  public static final int LONGEST_VALUE = 100;

  /** Characters of a {@link #line} at most. */
  public static final int LONGEST_LINE = 1000;

  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private Printable() {}

  /** A whole message: one line of {@value #LONGEST_LINE} characters at most; null for null. */
  public static String line(String message) {
    return message == null ? null : shortened(message, LONGEST_LINE);
  }

  /** A name or value inside a message: {@value #LONGEST_VALUE} characters at most. */
  public static String value(Object value) {
    return shortened(String.valueOf(value), LONGEST_VALUE);
  }

  /**
   * A name of other people, such as that of a column, inside a message: as {@link #value}, in
   * quotes where it would not be seen as one word.
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

  /** Text on one line, whole. */
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

  /** Text whose lines stay apart, whole; tabs become spaces. */
  public static String lines(String text) {
    return text.lines()
        .map(line -> escaped(line.replace("\t", "    ")))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /**
   * Text on one line, shortened in the middle where it is long.
   *
   * @param longest how many characters it may have, at least 8
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

  /** The beginning, which says where, and the end, which often says what to do. */
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
