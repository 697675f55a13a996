package io.boxwright.report;

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
 */
public record VerifyResult(
    String table, long images, long failed, List<String> problems, List<String> notes) {

  /** Copies the lists. */
  public VerifyResult {
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  /** Says on the console what was found. */
  public void print(PrintWriter out) {
    notes.forEach(note -> out.println("Note: " + note));
    problems.forEach(problem -> out.println("Problem: " + problem));
    out.printf(
        "%s: %d images, %d of them failed, %s%n",
        table,
        images,
        failed,
        problems.isEmpty() ? "all as planned" : problems.size() + " problems");
  }
}
