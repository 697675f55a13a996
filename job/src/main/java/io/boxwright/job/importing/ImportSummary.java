package io.boxwright.job.importing;

import io.boxwright.job.report.ConsoleLines;
import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The counts of an import and its worst rows.
 *
 * @param rows the rows of the files
 * @param boxes the boxes of these rows
 * @param clippedBoxes the boxes that left their images
 * @param invalidRows the rows that generation refuses
 * @param invalid whether these are in the table
 * @param phrases the number of boxes for each way of finding a phrase; without those that no box
 *     has
 * @param worst sentences about the rows with problems or most warnings, the worst first
 * @param others the number of further rows with problems or warnings
 */
public record ImportSummary(
    int rows,
    int boxes,
    int clippedBoxes,
    int invalidRows,
    InvalidRows invalid,
    Map<PhraseSource, Integer> phrases,
    List<String> worst,
    int others) {

  private static final int WORST_ROWS = 5;

  /** Copies the map and the list. */
  public ImportSummary {
    phrases = Collections.unmodifiableMap(new EnumMap<>(phrases));
    worst = List.copyOf(worst);
  }

  /** Sums up rows, those included that are left out of the table. */
  static ImportSummary of(List<ImportedRow> rows, InvalidRows invalid) {
    Map<PhraseSource, Integer> phrases = new EnumMap<>(PhraseSource.class);
    List<ImportedRow> warned = rows.stream().filter(row -> !row.warnings().isEmpty()).toList();
    rows.forEach(row -> row.sources().forEach(source -> phrases.merge(source, 1, Integer::sum)));
    return new ImportSummary(
        rows.size(),
        rows.stream().mapToInt(row -> row.bboxes().size()).sum(),
        rows.stream().mapToInt(ImportedRow::clippedBoxes).sum(),
        (int) rows.stream().filter(row -> row.problem().isPresent()).count(),
        invalid,
        phrases,
        warned.stream()
            .sorted(
                Comparator.comparing((ImportedRow row) -> row.problem().isEmpty())
                    .thenComparing(row -> -row.warnings().size()))
            .limit(WORST_ROWS)
            .map(ImportSummary::describe)
            .toList(),
        Math.max(0, warned.size() - WORST_ROWS));
  }

  private static String describe(ImportedRow row) {
    int others = row.warnings().size() - 1;
    return "%s (%s): %s%s"
        .formatted(
            Printable.value(row.id()),
            row.layout().place(),
            row.problem().orElse(row.warnings().get(0)),
            others > 0 ? "; " + Count.of(others, "more warning") : "");
  }

  /** Returns the number of rows in the table. */
  public int writtenRows() {
    return invalid == InvalidRows.DROP ? rows - invalidRows : rows;
  }

  /** Prints the summary. */
  public void print(PrintWriter out) {
    ConsoleLines lines = new ConsoleLines(out);
    lines.print("%s, %s", Count.of(rows, "row"), Count.of(boxes, "box", "boxes"));
    if (boxes > 0) {
      lines.print(
          "phrases: %s",
          Arrays.stream(PhraseSource.values())
              .filter(phrases::containsKey)
              .map(source -> phrases.get(source) + " " + source.text())
              .collect(Collectors.joining(", ")));
    } else {
      lines.print("no boxes: these rows are made as plain Stable Diffusion");
    }
    if (clippedBoxes > 0) {
      lines.print(
          "%s",
          Count.of(
              clippedBoxes,
              "box reached over the edge of its image and was clipped",
              "boxes reached over the edges of their images and were clipped"));
    }
    if (invalidRows > 0) {
      lines.print(
          "%s",
          invalid == InvalidRows.DROP
              ? Count.of(
                  invalidRows, "row is invalid and left out", "rows are invalid and left out")
              : Count.of(
                  invalidRows,
                  "row is invalid; generation will write an error for it",
                  "rows are invalid; generation will write errors for them"));
    }
    worst.forEach(row -> lines.print("  %s", row));
    if (others > 0) {
      lines.print("  ... and %d more", others);
    }
  }
}
