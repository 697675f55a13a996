package io.boxwright.job.report;

import io.boxwright.text.Printable;
import io.boxwright.text.Redaction;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;

/**
 * What the job says on the console. Texts of others, such as prompts and paths, neither steer the
 * terminal nor tell secrets there.
 */
public final class ConsoleLines {

  private final PrintWriter out;

  /** Writes to {@code out}. */
  public ConsoleLines(PrintWriter out) {
    this.out = out;
  }

  /**
   * Prints one line.
   *
   * @param format as of {@link String#format}, in English
   * @param values texts among them stay on the line
   */
  public void print(String format, Object... values) {
    Object[] safe = Arrays.stream(values).map(ConsoleLines::safe).toArray();
    out.println(String.format(Locale.ROOT, format, safe));
  }

  /** Prints a text that may have several lines. */
  public void printText(String text) {
    out.println(Printable.lines(Redaction.of(text)));
  }

  private static Object safe(Object value) {
    return value instanceof String text ? Printable.escaped(Redaction.of(text)) : value;
  }
}
