package io.boxwright.job.evaluation;

import io.boxwright.job.figures.Figure;
import io.boxwright.job.report.ConsoleLines;
import io.boxwright.text.Count;
import java.io.PrintWriter;

/** A console report on an evaluation. */
public final class EvaluationReport {

  private static final String ALL = "all";

  private final ConsoleLines out;

  /** Prints to {@code out}, which the caller closes. */
  public EvaluationReport(PrintWriter out) {
    this.out = new ConsoleLines(out);
  }

  /** Prints the figures with their intervals, and the path of the folder. */
  public void print(EvaluationResult result) {
    EvaluationRecord record = result.record();
    out.print(
        "%d of %s evaluated",
        record.images() - record.failed(), Count.of(record.images(), "image"));
    if (record.benchmarks().isEmpty()) {
      out.print(
          "There are no figures: no evaluated image has anything that they judge, such as boxes");
    }
    for (EvaluationRecord.Figures benchmark : record.benchmarks()) {
      out.print("%s:", benchmark.benchmark());
      benchmark.figures().forEach(this::print);
    }
    out.print("Rows: %s", result.table());
    out.print("Figures with their formulas: %s", result.figures());
  }

  private void print(Figure figure) {
    out.print(
        "  %-20s %-24s %8.3f  [%.3f, %.3f]  %s",
        figure.name(),
        figure.category() == null ? ALL : figure.category(),
        figure.value(),
        figure.interval().low(),
        figure.interval().high(),
        Count.of(figure.images(), "image"));
  }
}
