package io.boxwright.job.report;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Prints unguided beside guided. */
public final class ComparisonReport {

  /** A line of the table. */
  private record Score(String name, Function<RunSummary, Double> value) {}

  private static final List<Score> SCORES =
      List.of(
          detection("objects found", "found"),
          detection("right colour and shape", "right"),
          detection("centre in box", "centre_in_box"),
          detection("IoU with the box", "iou"),
          detection("all of a picture right and in place", "all_right"),
          adherence("attention in box, guided layers", "guided.in_box_mass"),
          adherence("attention in box, held-out layers", "held_out.in_box_mass"),
          adherence("lift over chance, held-out layers", "held_out.lift"));

  private final PrintWriter out;

  /** Writes to {@code out}. */
  public ComparisonReport(PrintWriter out) {
    this.out = out;
  }

  private static Score adherence(String name, String column) {
    return new Score(name, summary -> summary.means().get(column));
  }

  private static Score detection(String name, String column) {
    return new Score(name, summary -> summary.detection().get(column));
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
    for (Score score : SCORES) {
      if (score.value().apply(unguided) != null || score.value().apply(guided) != null) {
        line(
            score.name(),
            number(score.value().apply(unguided)),
            number(score.value().apply(guided)));
      }
    }
    comparison
        .contactSheet()
        .ifPresent(
            file -> new ConsoleLines(out).print("Unguided above guided, with boxes: %s", file));
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
