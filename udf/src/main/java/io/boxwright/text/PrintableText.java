package io.boxwright.text;

import java.util.stream.Collectors;

/**
 * Text of others, such as a prompt or a file's name, as a terminal or a log may show it: characters
 * that would steer the terminal, break the line or turn its direction stand as {@code \\n}, {@code
 * \\u001b} and the like.
 */
public final class PrintableText {

  private PrintableText() {}

  /** Text on one line. */
  public static String line(String text) {
    if (text.codePoints().noneMatch(PrintableText::isEscaped)) {
      return text;
    }
    StringBuilder line = new StringBuilder();
    text.codePoints().forEach(character -> append(line, character));
    return line.toString();
  }

  /** Text that may have several lines, which stay. */
  public static String lines(String text) {
    return text.lines()
        .map(PrintableText::line)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /**
   * Text on one line, cut where it is long.
   *
   * @param most how many characters of it are kept, at least 1
   */
  public static String line(String text, int most) {
    return line(shortened(text, most));
  }

  /**
   * Text that is cut where it is long, with a mark there.
   *
   * @param most how many characters of it are kept, at least 1
   */
  public static String shortened(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most;
    return text.substring(0, end) + "...";
  }

  private static void append(StringBuilder line, int character) {
    if (!isEscaped(character)) {
      line.appendCodePoint(character);
      return;
    }
    switch (character) {
      case '\n' -> line.append("\\n");
      case '\r' -> line.append("\\r");
      case '\t' -> line.append("\\t");
      default -> line.append("\\u%04x".formatted(character));
    }
  }

  private static boolean isEscaped(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      case Character.FORMAT -> isDirection(character);
      default -> false;
    };
  }

  /** Marks that turn the direction of the text behind them; joiners of emoji are none. */
  private static boolean isDirection(int character) {
    return character >= 0x202A && character <= 0x202E || character >= 0x2066 && character <= 0x2069;
  }
}
