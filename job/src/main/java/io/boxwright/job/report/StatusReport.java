package io.boxwright.job.report;

import io.boxwright.text.Count;
import io.boxwright.text.Redaction;
import java.io.PrintWriter;

/** Says on the console how far a run is. */
public final class StatusReport {

  private final ConsoleLines out;

  /** Writes to {@code out}. */
  public StatusReport(PrintWriter out) {
    this.out = new ConsoleLines(out);
  }

  /** Prints how far a run is. */
  public void print(RunStatus status) {
    out.printText("State: " + status.state());
    line(
        "Images: %d of %d done, %d of them failed, %d left (%d of %s)",
        status.done(),
        status.images(),
        status.failed(),
        status.left(),
        status.chunksDone(),
        Count.of(status.chunks(), "chunk"));
    status.remarks().forEach(remark -> line("%s", remark));
    if (status.imagesPerSecond() > 0) {
      line("Rate: %s%s", Pace.speed(status.imagesPerSecond()), timeLeft(status));
    }
    if (!status.errors().isEmpty()) {
      line("Errors of the last driver:");
      status.errors().forEach((error, count) -> line("  %6d  %s", count, error));
    }
    if (status.running()) {
      return; // its driver goes on
    }
    if (status.left() > 0) {
      line("To go on: %s", status.command() + Redaction.reminder(status.command()));
    } else if (status.failed() > 0) {
      adviseOnFailures(status);
    }
  }

  private void adviseOnFailures(RunStatus status) {
    if (status.refused() > 0) {
      line(
          "Rows of %s are wrong themselves. Correct them in the table, and give another"
              + " --output, or --overwrite",
          Count.of(status.refused(), "failed image"));
    }
    if (status.refused() < status.failed()) {
      String again = status.command() + " --retry-errors" + Redaction.reminder(status.command());
      line("To make failed images again: %s", again);
    }
  }

  private static String timeLeft(RunStatus status) {
    return status.left() == 0
        ? ""
        : ", %s left".formatted(Pace.time(status.left() / status.imagesPerSecond()));
  }

  private void line(String format, Object... values) {
    out.print(format, values);
  }
}
