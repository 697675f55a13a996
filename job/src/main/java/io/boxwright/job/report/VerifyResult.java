package io.boxwright.job.report;

import io.boxwright.text.Count;
import java.io.PrintWriter;
import java.util.List;

/**
 * What a check of an image table found.
 *
 * @param table where it is
 * @param images rows that it has
 * @param failed those of them whose status is {@code error}
 * @param problems a sentence each; none if the table is whole
 * @param notes what could not be checked, a sentence each
 * @param remedy what repairs the table, a sentence
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

  /** Says on the console what was found. */
  public void print(PrintWriter out) {
    ConsoleLines lines = new ConsoleLines(out);
    notes.forEach(note -> lines.print("Note: %s", note));
    problems.forEach(problem -> lines.print("Problem: %s", problem));
    lines.print(
        "%s: %s, %d of them failed, %s", table, Count.of(images, "image"), failed, verdict());
    if (!problems.isEmpty()) {
      lines.print("To repair it: %s", remedy);
    }
  }

  private String verdict() {
    if (!problems.isEmpty()) {
      return Count.of(problems.size(), "problem");
    }
    return notes.isEmpty() ? "all as planned" : "as planned, as far as could be checked";
  }
}
