package io.boxwright.job.report;

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
    line("%s", counts(summary, result.made(), result.duration()));
    printLoads(result.loads());
    if (summary.warned() > 0) {
      line("%d images with warnings, see the column warnings", summary.warned());
    }
    if (summary.scored() > 0) {
      printAdherence(summary);
    }
    if (summary.detected() > 0) {
      printDetection(summary);
    }
    if (summary.failed() > 0) {
      printErrors(summary);
    }
    line("Images, scores and errors: %s", result.table());
    result.contactSheet().ifPresent(file -> line("The first images, with boxes: %s", file));
  }

  /** Time and rate are those of this attempt, and so of the images that it made. */
  private static String counts(RunSummary summary, long made, Duration duration) {
    long good = summary.images() - summary.failed();
    String images = "%d of %d images".formatted(good, summary.images());
    if (made == 0) {
      return images + " there; none of them made now";
    }
    return made == good
        ? images + " made" + pace(made, duration)
        : "%s there; %d of them made now%s".formatted(images, made, pace(made, duration));
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

  private void printAdherence(RunSummary summary) {
    line("Layout adherence, mean of %d images:", summary.scored());
    line("  %-9s %12s %8s %8s %9s %8s", prepend("layers", RunSummary.SCORES));
    for (String group : RunSummary.GROUPS) {
      line(
          "  %-9s %12s %8s %8s %9s %8s",
          prepend(
              group,
              RunSummary.SCORES.stream()
                  .map(score -> number(summary.means().get(group + "." + score)))
                  .toList()));
    }
  }

  private void printDetection(RunSummary summary) {
    line("Objects detected in the images, mean of %d images:", summary.detected());
    line("  %9s %8s %14s %8s %10s", RunSummary.DETECTION_SCORES.toArray());
    line(
        "  %9s %8s %14s %8s %10s",
        RunSummary.DETECTION_SCORES.stream()
            .map(score -> number(summary.detection().get(score)))
            .toArray());
  }

  private void printErrors(RunSummary summary) {
    line("%d images failed. The commonest errors:", summary.failed());
    summary.errors().forEach((error, count) -> line("  %6d  %s", count, error));
  }

  private static Object[] prepend(String first, List<String> rest) {
    Object[] cells = new Object[rest.size() + 1];
    cells[0] = first;
    System.arraycopy(rest.toArray(), 0, cells, 1, rest.size());
    return cells;
  }

  private static String number(Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }

  private void line(String format, Object... values) {
    out.print(format, values);
  }
}
