package io.boxwright.job.report;

import io.boxwright.text.Count;
import java.io.PrintWriter;
import java.util.List;

/**
 * The result of checking an image table.
 *
 * @param table the path of the table
 * @param images the number of its rows
 * @param failed the number of rows whose status is {@code error}
 * @param problems a sentence for each problem; empty if the table is intact
 * @param notes a sentence for each check that was not possible
 * @param remedy a sentence that says what repairs the table
 */
public record VerifyResult(
    String table,
    long images,
    long failed,
    List<String> problems,
    List<String> notes,
    String remedy) {

  /** Copies the lists. */
  public VerifyResult {
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  /** Prints the notes, problems and counts, and the remedy if there are problems. */
  public void print(PrintWriter out) {
    ConsoleLines lines = new ConsoleLines(out);
    notes.forEach(note -> lines.print("Note: %s", note));
    problems.forEach(problem -> lines.print("Problem: %s", problem));
    lines.print(
        "%s: %s, %d of them failed, %s",
        table, Count.of(images, "image"), failed, describeVerdict());
    if (!problems.isEmpty()) {
      lines.print("To repair it: %s", remedy);
    }
  }

  private String describeVerdict() {
    if (!problems.isEmpty()) {
      return Count.of(problems.size(), "problem");
    }
    return notes.isEmpty() ? "all as planned" : "as planned, as far as could be checked";
  }
}
