package io.boxwright.job.evaluation;

import io.boxwright.job.figures.Benchmarks;
import io.boxwright.job.figures.DetectorRequest;
import io.boxwright.job.figures.Figure;
import io.boxwright.job.figures.FigureUnit;
import io.boxwright.job.figures.LabelSource;
import io.boxwright.job.report.ConsoleLines;
import io.boxwright.text.Count;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** A console report on an evaluation. */
public final class EvaluationReport {

  /** The fewest prompts whose interval means something. */
  private static final int LEAST_PROMPTS = 10;

  private static final String LAYOUT = "boxes with phrases";
  private static final String LINE = "  %-20s %-5s %9s  %-16s  %6s";

  private final ConsoleLines out;

  /** Prints to {@code out}, which the caller closes. */
  public EvaluationReport(PrintWriter out) {
    this.out = new ConsoleLines(out);
  }

  /**
   * Prints the figures over all images with their intervals, why images failed, and the paths of
   * the results.
   */
  public void print(EvaluationResult result) {
    EvaluationRecord record = result.record();
    out.print("%d of %s evaluated", record.evaluated(), Count.of(record.images(), "image"));
    printErrors(result.notMade(), "not made by the run");
    printErrors(result.refused(), "made, but not evaluated");
    printMissing(record);
    record.benchmarks().forEach(this::print);
    if (record.benchmarks().stream()
        .flatMap(benchmark -> overall(benchmark).stream())
        .anyMatch(figure -> figure.prompts() < LEAST_PROMPTS)) {
      out.print("-: too few prompts for an interval");
    }
    out.print("Rows: %s", result.table());
    if (!record.benchmarks().isEmpty()) {
      out.print("Figures with their formulas: %s", result.figures());
    }
  }

  private void printErrors(FailureGroup failed, String outcome) {
    if (failed.images() > 0) {
      out.print(
          "%s %s. The most common errors:",
          Count.of(failed.images(), "image was", "images were"), outcome);
      failed.errors().print(out);
    }
  }

  /** Prints the reason why there are no figures, or none of the benchmark that was asked for. */
  private void printMissing(EvaluationRecord record) {
    String asked = record.askedBenchmark().orElse(null);
    if (asked == null && !record.benchmarks().isEmpty()
        || record.benchmarks().stream().anyMatch(there -> there.benchmark().equals(asked))) {
      return;
    }
    if (record.evaluated() == 0) {
      out.print("No figures%s: no image was evaluated", asked == null ? "" : " of " + asked);
    } else if (asked == null) {
      out.print("No figures: no evaluated image has %s", LAYOUT);
    } else {
      out.print(
          "No figures of %s: no evaluated image has what it judges; it needs %s",
          asked, describeNeed(asked));
    }
  }

  private static String describeNeed(String benchmark) {
    return Benchmarks.of(benchmark)
        .detector()
        .map(DetectorRequest::source)
        .filter(LabelSource.EXPECTATIONS::equals)
        .map(source -> "the column expected, as boxwright import %s writes it".formatted(benchmark))
        .orElse(LAYOUT);
  }

  private void print(EvaluationRecord.Figures benchmark) {
    out.print("%s:", benchmark.benchmark());
    out.print(LINE, "figure", "group", "value", "95 % interval", "images");
    List<Figure> overall = overall(benchmark);
    overall.forEach(this::print);
    if (overall.size() < benchmark.figures().size()) {
      out.print("  by category: see evaluation.json");
    }
  }

  private static List<Figure> overall(EvaluationRecord.Figures benchmark) {
    return benchmark.figures().stream().filter(figure -> figure.category() == null).toList();
  }

  private void print(Figure figure) {
    boolean percent = figure.unit() == FigureUnit.PERCENT;
    String format = percent ? "%.1f" : "%.3f";
    out.print(
        LINE,
        figure.name(),
        "all",
        format(format, figure.value()) + (percent ? " %" : ""),
        figure.prompts() < LEAST_PROMPTS
            ? "-"
            : "[%s, %s]"
                .formatted(
                    format(format, figure.interval().low()),
                    format(format, figure.interval().high())),
        String.valueOf(figure.images()));
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
