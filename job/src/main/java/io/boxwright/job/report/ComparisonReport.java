package io.boxwright.job.report;

import io.boxwright.diffusion.scores.ScoreLabel;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/** Prints unguided beside guided. */
public final class ComparisonReport {

  private final PrintWriter out;

  /** Writes to {@code out}. */
  public ComparisonReport(PrintWriter out) {
    this.out = out;
  }

  /**
   * Prints the means of both runs side by side, and where to look. Scores that neither has are left
   * out.
   */
  public void print(Comparison comparison) {
    RunSummary unguided = comparison.unguided().summary();
    RunSummary guided = comparison.guided().summary();
    line("", "unguided", "guided");
    line("images made", count(unguided), count(guided));
    for (ScoreMeans scores : guided.scores()) {
      Optional<ScoreMeans> before = unguided.scores(scores.group().name());
      scores.group().compared().forEach(label -> compare(label, before, scores));
    }
    comparison
        .contactSheet()
        .ifPresent(
            file -> new ConsoleLines(out).print("Unguided above guided, with boxes: %s", file));
  }

  private void compare(ScoreLabel label, Optional<ScoreMeans> unguided, ScoreMeans guided) {
    Double before = unguided.map(scores -> scores.means().get(label.path())).orElse(null);
    Double after = guided.means().get(label.path());
    if (before != null || after != null) {
      line(label.text(), number(before), number(after));
    }
  }

  private static String count(RunSummary summary) {
    return "%d of %d".formatted(summary.images() - summary.failed(), summary.images());
  }

  private static String number(Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }

  private void line(String name, String unguided, String guided) {
    out.println("  %-40s %9s %9s".formatted(name, unguided, guided));
  }
}
