package io.boxwright.job.report;

import io.boxwright.text.Printable;
import io.boxwright.text.Redaction;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;

/**
 * The console output of the job. Texts of others, such as prompts and paths, cannot steer the
 * terminal or reveal secrets there.
 */
public final class ConsoleLines {

  private final PrintWriter out;

  /** Prints to {@code out}, which the caller closes. */
  public ConsoleLines(PrintWriter out) {
    this.out = out;
  }

  /**
   * Prints one line.
   *
   * @param format a format of {@link String#format}
   * @param values the values; line breaks in texts are escaped
   */
  public void print(String format, Object... values) {
    Object[] safe = Arrays.stream(values).map(ConsoleLines::makeSafe).toArray();
    out.println(String.format(Locale.ROOT, format, safe));
  }

  /** Prints a text that may have several lines. */
  public void printText(String text) {
    out.println(Printable.lines(Redaction.of(text)));
  }

  private static Object makeSafe(Object value) {
    return value instanceof String text ? Printable.escaped(Redaction.of(text)) : value;
  }
}
