package io.boxwright.job.report;

import io.boxwright.text.Count;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Says on the console how a run went and where to look. */
public final class ConsoleReport {

  private final ConsoleLines out;

  /** Writes to {@code out}. */
  public ConsoleReport(PrintWriter out) {
    this.out = new ConsoleLines(out);
  }

  /** Prints how a run went. */
  public void print(RunResult result) {
    RunSummary summary = result.summary();
    line("%s", counts(result));
    printLoads(result.loads());
    if (summary.warned() > 0) {
      line("%s with warnings, see the column warnings", Count.of(summary.warned(), "image"));
    }
    summary.scores().stream().filter(scores -> scores.images() > 0).forEach(this::printScores);
    if (summary.failed() > 0) {
      printErrors(summary);
    }
    line("Images, scores and errors: %s", result.table());
    result.contactSheet().ifPresent(file -> line("The first images, with boxes: %s", file));
  }

  /** Time and rate are those of this attempt, and so of the images that it made. */
  private static String counts(RunResult result) {
    RunSummary summary = result.summary();
    long made = result.made();
    long good = summary.images() - summary.failed();
    String images = "%d of %s".formatted(good, Count.of(summary.images(), "image"));
    if (made == 0) {
      String outcome = good == 0 && result.refused() > 0 ? "made" : "there; none of them made now";
      return "%s %s%s".formatted(images, outcome, describeRefusals(result.refused()));
    }
    return made == good
        ? images + " made" + pace(made, result.duration())
        : "%s there; %d of them made now%s".formatted(images, made, pace(made, result.duration()));
  }

  private static String describeRefusals(long refused) {
    return refused == 0
        ? ""
        : "; %s"
            .formatted(
                Count.of(
                    refused,
                    "was refused, its row is wrong",
                    "were refused, their rows are wrong"));
  }

  private static String pace(long made, Duration duration) {
    double seconds = duration.toMillis() / 1000.0;
    String time = String.format(Locale.ROOT, " in %.1f s", seconds);
    return seconds == 0
        ? time
        : time + String.format(Locale.ROOT, " (%.2f a second)", made / seconds);
  }

  private void printLoads(List<String> loads) {
    loads.stream().sorted().forEach(load -> line("Pipeline loaded: %s", load));
  }

  private void printScores(ScoreMeans scores) {
    line("%s, mean of %s:", scores.group().title(), Count.of(scores.images(), "image"));
    new ScoreTable(scores).lines().forEach(row -> line("%s", row));
  }

  private void printErrors(RunSummary summary) {
    line("%s failed. The commonest errors:", Count.of(summary.failed(), "image"));
    summary.errors().forEach((error, count) -> line("  %6d  %s", count, error));
  }

  private void line(String format, Object... values) {
    out.print(format, values);
  }
}
