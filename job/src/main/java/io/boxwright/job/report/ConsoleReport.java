package io.boxwright.job.report;

import io.boxwright.text.Count;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A console report on a run, with the paths of its results. */
public final class ConsoleReport {

  private final ConsoleLines out;

  /** Prints to {@code out}, which the caller closes. */
  public ConsoleReport(PrintWriter out) {
    this.out = new ConsoleLines(out);
  }

  /** Prints the counts, scores, errors and paths of a run. */
  public void print(RunResult result) {
    RunSummary summary = result.summary();
    printLine("%s", describeCounts(result));
    printLoads(result.loads());
    if (summary.warned() > 0) {
      printLine("%s with warnings, see the column warnings", Count.of(summary.warned(), "image"));
    }
    if (summary.nsfw() > 0) {
      printLine(
          "%s made black by the model's safety checker, see the column nsfw",
          Count.of(summary.nsfw(), "image"));
    }
    summary.scores().stream().filter(scores -> scores.images() > 0).forEach(this::printScores);
    if (summary.failed() > 0) {
      printErrors(summary);
    }
    printLine("Images, scores and errors: %s", result.table());
    result.contactSheet().ifPresent(file -> printLine("The first images, with boxes: %s", file));
  }

  /**
   * Describes the images of the run. Time and rate are those of this attempt, for the images that
   * it made.
   */
  private static String describeCounts(RunResult result) {
    RunSummary summary = result.summary();
    long made = result.made();
    long good = summary.images() - summary.failed();
    String images = "%d of %s".formatted(good, Count.of(summary.images(), "image"));
    if (made == 0) {
      String outcome =
          good == 0 && result.refused() > 0 ? "made" : "are there; none of them were made now";
      return "%s %s%s".formatted(images, outcome, describeRefusals(result.refused()));
    }
    return made == good
        ? images + " made" + describePace(made, result.duration())
        : "%s are there; %d of them were made now%s"
            .formatted(images, made, describePace(made, result.duration()));
  }

  private static String describeRefusals(long refused) {
    return refused == 0
        ? ""
        : "; %s"
            .formatted(
                Count.of(
                    refused,
                    "was refused because its row is wrong",
                    "were refused because their rows are wrong"));
  }

  private static String describePace(long made, Duration duration) {
    double seconds = duration.toMillis() / 1000.0;
    String time = String.format(Locale.ROOT, " in %.1f s", seconds);
    return seconds == 0
        ? time
        : time + String.format(Locale.ROOT, " (%.2f a second)", made / seconds);
  }

  private void printLoads(List<String> loads) {
    loads.stream().sorted().forEach(load -> printLine("Pipeline loaded: %s", load));
  }

  private void printScores(ScoreMeans scores) {
    printLine("%s, mean of %s:", scores.group().title(), Count.of(scores.images(), "image"));
    new ScoreTable(scores).formatLines().forEach(row -> printLine("%s", row));
  }

  private void printErrors(RunSummary summary) {
    printLine("%s failed. The most common errors:", Count.of(summary.failed(), "image"));
    new CommonErrors(summary.errors()).print(out);
  }

  private void printLine(String format, Object... values) {
    out.print(format, values);
  }
}
