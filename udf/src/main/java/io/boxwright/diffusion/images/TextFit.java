package io.boxwright.diffusion.images;

import java.awt.FontMetrics;
import java.util.ArrayList;
import java.util.List;

/** Fits text into a width in pixels. */
public final class TextFit {

  private static final String ELLIPSIS = "\u2026";

  private TextFit() {}

  /** The text, or as much of its beginning as fits, and an ellipsis. */
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

  /** The text in lines broken between words; what does not fit into the last one is cut off. */
  public static List<String> wrapped(String text, FontMetrics metrics, int width, int mostLines) {
    List<String> lines = new ArrayList<>();
    String rest = text.strip();
    while (lines.size() < mostLines - 1 && metrics.stringWidth(rest) > width) {
      int end = lineEnd(rest, metrics, width);
      lines.add(shortened(rest.substring(0, end), metrics, width));
      rest = rest.substring(end).strip();
    }
    if (!rest.isEmpty()) {
      lines.add(shortened(rest, metrics, width));
    }
    return lines;
  }

  /** After the last word that fits, or after the first one where none does. */
  private static int lineEnd(String text, FontMetrics metrics, int width) {
    int end = wordEnd(text, 0);
    int next = wordEnd(text, end + 1);
    while (end < text.length() && metrics.stringWidth(text.substring(0, next)) <= width) {
      end = next;
      next = wordEnd(text, end + 1);
    }
    return end;
  }

  private static int wordEnd(String text, int from) {
    int blank = text.indexOf(' ', from);
    return blank < 0 ? text.length() : blank;
  }
}
