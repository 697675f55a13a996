package io.boxwright.job.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Means of a group of scores as lines of text: a column for each name, a line for each struct. */
final class ScoreTable {

  private static final int LEAST_WIDTH = 7;

  private final ScoreMeans scores;
  private final List<String> structs; // such as guided; empty for numbers that are in none
  private final List<String> names;

  ScoreTable(ScoreMeans scores) {
    this.scores = scores;
    List<String> paths = scores.group().imageNumbers();
    this.structs = paths.stream().map(ScoreTable::struct).distinct().toList();
    this.names = paths.stream().map(ScoreTable::name).distinct().toList();
  }

  private static String struct(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('.')));
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** The lines, names first. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line("", names));
    structs.forEach(struct -> lines.add(line(struct, values(struct))));
    return lines;
  }

  private List<String> values(String struct) {
    return names.stream()
        .map(name -> number(struct.isEmpty() ? name : struct + "." + name))
        .toList();
  }

  private String number(String path) {
    Double mean = scores.means().get(path);
    return mean == null ? "-" : String.format(Locale.ROOT, "%.3f", mean);
  }

  private String line(String struct, List<String> cells) {
    int longest = structs.stream().mapToInt(String::length).max().orElse(0);
    StringBuilder line = new StringBuilder("  " + struct + " ".repeat(longest - struct.length()));
    for (int i = 0; i < cells.size(); i++) {
      int width = Math.max(LEAST_WIDTH, names.get(i).length());
      line.append(("  %" + width + "s").formatted(cells.get(i)));
    }
    return line.toString();
  }
}
