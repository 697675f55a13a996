package io.boxwright.job.report;

import io.boxwright.diffusion.scores.ScoreLabel;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/** A console report that compares an unguided run with a guided one. */
public final class ComparisonReport {

  private final PrintWriter out;

  /** Prints to {@code out}, which the caller closes. */
  public ComparisonReport(PrintWriter out) {
    this.out = out;
  }

  /**
   * Prints the means of both runs side by side, and the paths of the contact sheet and of the page.
   * Leaves out scores that neither run has.
   */
  public void print(Comparison comparison) {
    RunSummary unguided = comparison.unguided().summary();
    RunSummary guided = comparison.guided().summary();
    printLine("", "unguided", "guided");
    printLine("images made", describeCount(unguided), describeCount(guided));
    for (ScoreMeans scores : guided.scores()) {
      Optional<ScoreMeans> before = unguided.scores(scores.group().name());
      scores.group().compared().forEach(label -> compare(label, before, scores));
    }
    comparison
        .contactSheet()
        .ifPresent(
            file -> new ConsoleLines(out).print("Unguided above guided, with boxes: %s", file));
    comparison
        .report()
        .ifPresent(file -> new ConsoleLines(out).print("Report on both, for a browser: %s", file));
  }

  private void compare(ScoreLabel label, Optional<ScoreMeans> unguided, ScoreMeans guided) {
    Double before = unguided.map(scores -> scores.means().get(label.path())).orElse(null);
    Double after = guided.means().get(label.path());
    if (before != null || after != null) {
      printLine(label.text(), formatNumber(before), formatNumber(after));
    }
  }

  private static String describeCount(RunSummary summary) {
    return "%d of %d".formatted(summary.images() - summary.failed(), summary.images());
  }

  private static String formatNumber(Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }

  private void printLine(String name, String unguided, String guided) {
    out.println("  %-40s %9s %9s".formatted(name, unguided, guided));
  }
}
