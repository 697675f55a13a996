package io.boxwright.diffusion.images;

import java.awt.FontMetrics;
import java.util.ArrayList;
import java.util.List;

/** A tool that fits text into a width in pixels. */
public final class TextFit {

  private static final String ELLIPSIS = "\u2026";

  private TextFit() {}

  /** Returns the text, or as much of its beginning as fits, followed by an ellipsis. */
  public static String shortened(String text, FontMetrics metrics, int width) {
    if (metrics.stringWidth(text) <= width) {
      return text;
    }
    int end = text.length();
    while (end > 0 && metrics.stringWidth(text.substring(0, end) + ELLIPSIS) > width) {
      end = text.offsetByCodePoints(end, -1);
    }
    return text.substring(0, end).stripTrailing() + ELLIPSIS;
  }

  /**
   * Returns the text in lines, broken between words. Cuts off what does not fit into the last line.
   */
  public static List<String> wrapped(String text, FontMetrics metrics, int width, int mostLines) {
    List<String> lines = new ArrayList<>();
    String rest = text.strip();
    while (lines.size() < mostLines - 1 && metrics.stringWidth(rest) > width) {
      int end = findLineEnd(rest, metrics, width);
      lines.add(shortened(rest.substring(0, end), metrics, width));
      rest = rest.substring(end).strip();
    }
    if (!rest.isEmpty()) {
      lines.add(shortened(rest, metrics, width));
    }
    return lines;
  }

  /** Finds the end of the last word that fits, or of the first word if none fits. */
  private static int findLineEnd(String text, FontMetrics metrics, int width) {
    int end = findWordEnd(text, 0);
    int next = findWordEnd(text, end + 1);
    while (end < text.length() && metrics.stringWidth(text.substring(0, next)) <= width) {
      end = next;
      next = findWordEnd(text, end + 1);
    }
    return end;
  }

  private static int findWordEnd(String text, int from) {
    int blank = text.indexOf(' ', from);
    return blank < 0 ? text.length() : blank;
  }
}
