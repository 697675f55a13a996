package io.boxwright.job.report;

import io.boxwright.diffusion.scores.ScoreLabel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A text table of the means of a group of scores: a column for each name, a line for each struct.
 */
final class ScoreTable {

  private static final int LEAST_WIDTH = 7;

  private final ScoreMeans scores;
  private final List<String> structs; // such as guided; empty for numbers outside of structs
  private final List<String> names;

  ScoreTable(ScoreMeans scores) {
    this.scores = scores;
    List<String> paths = scores.group().imageNumbers();
    this.structs = paths.stream().map(ScoreTable::parseStruct).distinct().toList();
    this.names = paths.stream().map(ScoreTable::parseName).distinct().toList();
  }

  private static String parseStruct(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('.')));
  }

  private static String parseName(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** Returns the lines, names first. */
  List<String> formatLines() {
    List<String> lines = new ArrayList<>();
    lines.add(formatLine("", names));
    structs.forEach(struct -> lines.add(formatLine(nameStruct(struct), formatValues(struct))));
    return lines;
  }

  private String nameStruct(String struct) {
    return scores.group().structs().stream()
        .filter(label -> label.path().equals(struct))
        .map(ScoreLabel::text)
        .findFirst()
        .orElse(struct);
  }

  private List<String> formatValues(String struct) {
    return names.stream()
        .map(name -> formatNumber(struct.isEmpty() ? name : struct + "." + name))
        .toList();
  }

  private String formatNumber(String path) {
    Double mean = scores.means().get(path);
    return mean == null ? "-" : String.format(Locale.ROOT, "%.3f", mean);
  }

  private String formatLine(String name, List<String> cells) {
    int longest = structs.stream().map(this::nameStruct).mapToInt(String::length).max().orElse(0);
    StringBuilder line = new StringBuilder("  " + name + " ".repeat(longest - name.length()));
    for (int i = 0; i < cells.size(); i++) {
      int width = Math.max(LEAST_WIDTH, names.get(i).length());
      line.append(("  %" + width + "s").formatted(cells.get(i)));
    }
    return line.toString();
  }
}
